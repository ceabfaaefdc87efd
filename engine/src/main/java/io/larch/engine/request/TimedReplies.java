package io.larch.engine.request;

import io.larch.engine.codec.Action;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.port.ReplyHandler;
import io.larch.engine.stats.ReplyTimes;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;

/**
 * Passes answers on to an edge on another thread than the engine's, and takes the time of those to
 * writes until they are with their sockets: one look at the clock a batch. All methods run on the
 * event loop.
 */
public final class TimedReplies implements ReplyHandler {
    private final ReplyHandler edge;
    private final ReplyTimes times;
    private final LongSupplier nanoTime;
    private long firstIndex;
    private long writes;

    public TimedReplies(
            final ReplyHandler edge, final ReplyTimes times, final LongSupplier nanoTime) {
        this.edge = edge;
        this.times = times;
        this.nanoTime = nanoTime;
    }

    @Override
    public void onResult(
            final long correlationId,
            final boolean created,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm,
            final DirectBuffer event,
            final int offset,
            final int length) {
        if (EventFlyweight.action(event, offset) != Action.GET) {
            if (writes++ == 0) {
                firstIndex = raftIndex;
            }
        }
        edge.onResult(
                correlationId, created, storeIndex, raftIndex, raftTerm, event, offset, length);
    }

    @Override
    public void onError(
            final long correlationId,
            final int errorCode,
            final long storeIndex,
            final DirectBuffer cause,
            final int offset,
            final int length) {
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
            final DirectBuffer event,
            final int offset,
            final int length) {
        edge.onEvents(correlationIds, count, event, offset, length);
    }

    @Override
    public void onWatchEnd(final long correlationId) {
        edge.onWatchEnd(correlationId);
    }

    @Override
    public void onBatchEnd() {
        edge.onBatchEnd();
        if (writes > 0) {
            times.add(nanoTime.getAsLong() - times.madeNanos(firstIndex), writes);
            writes = 0;
        }
    }
}
