package io.larch.tools.server;

import io.larch.engine.codec.Action;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.counter.CounterApplication;
import io.larch.engine.port.ReplyHandler;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.LongHashSet;

/** Shows answers of the counter as those about a key. On the event loop's thread. */
final class CounterReplies implements ReplyHandler {
    private final ExpandableArrayBuffer event = new ExpandableArrayBuffer();
    private final LongHashSet expected = new LongHashSet();
    private final ReplyHandler edge;

    CounterReplies(final ReplyHandler edge) {
        this.edge = edge;
    }

    /** The answer to this request will be the counter's. */
    void expect(final long correlationId) {
        expected.add(correlationId);
    }

    @Override
    public void onResult(
            final long correlationId,
            final boolean created,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm,
            final DirectBuffer result,
            final int offset,
            final int length) {
        if (expected.remove(correlationId)) {
            final int translated = event(CounterApplication.sumOf(result, offset), storeIndex);
            edge.onResult(
                    correlationId, created, storeIndex, raftIndex, raftTerm, event, 0, translated);
        } else {
            edge.onResult(
                    correlationId,
                    created,
                    storeIndex,
                    raftIndex,
                    raftTerm,
                    result,
                    offset,
                    length);
        }
    }

    private int event(final long sum, final long index) {
        final String value = String.valueOf(sum);
        final int nodeAt = EventFlyweight.encodeHeader(event, 0, Action.GET, 0, index);
        int at =
                EventFlyweight.encodeNode(
                        event,
                        nodeAt,
                        EventFlyweight.NODE_HAS_VALUE,
                        CounterPort.PATH.length(),
                        value.length(),
                        0,
                        index,
                        index,
                        0,
                        0);
        at += event.putStringWithoutLengthAscii(at, CounterPort.PATH);
        return at + event.putStringWithoutLengthAscii(at, value);
    }

    @Override
    public void onError(
            final long correlationId,
            final int errorCode,
            final long storeIndex,
            final DirectBuffer cause,
            final int offset,
            final int length) {
        expected.remove(correlationId);
        edge.onError(correlationId, errorCode, storeIndex, cause, offset, length);
    }

    @Override
    public void onReadOpened(final long correlationId) {
        edge.onReadOpened(correlationId);
    }

    @Override
    public void onReadPart(
            final long correlationId,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm,
            final DirectBuffer part,
            final int offset,
            final int length,
            final boolean isLast) {
        edge.onReadPart(
                correlationId, storeIndex, raftIndex, raftTerm, part, offset, length, isLast);
    }

    @Override
    public void onReadCut(final long correlationId) {
        edge.onReadCut(correlationId);
    }

    @Override
    public void onWatchStart(
            final long correlationId,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm) {
        edge.onWatchStart(correlationId, storeIndex, raftIndex, raftTerm);
    }

    @Override
    public void onEvents(
            final long[] correlationIds,
            final int count,
            final DirectBuffer watched,
            final int offset,
            final int length) {
        edge.onEvents(correlationIds, count, watched, offset, length);
    }

    @Override
    public void onWatchEnd(final long correlationId) {
        edge.onWatchEnd(correlationId);
    }

    @Override
    public void onBatchEnd() {
        edge.onBatchEnd();
    }

    @Override
    public boolean isBehind() {
        return edge.isBehind();
    }
}
