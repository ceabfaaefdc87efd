package io.larch.tools.server;

import io.larch.engine.codec.Action;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.counter.CounterApplication;
import io.larch.engine.port.Reply;
import io.larch.engine.port.ReplyHandler;
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
    public void onReply(final Reply reply) {
        if (reply.isLast()
                && expected.remove(reply.correlationId())
                && reply.kind() == Reply.Kind.RESULT) {
            final long sum = CounterApplication.sumOf(reply.bytes(), reply.offset());
            reply.bytes(event, 0, event(sum, reply.storeIndex()));
        }
        edge.onReply(reply);
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
    public void onBatchEnd() {
        edge.onBatchEnd();
    }

    @Override
    public boolean isBehind() {
        return edge.isBehind();
    }
}
