package io.larch.engine.request;

import io.larch.engine.codec.Action;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.port.Reply;
import io.larch.engine.port.ReplyHandler;
import io.larch.engine.stats.ReplyTimes;
import java.util.function.LongSupplier;

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
    public void onReply(final Reply reply) {
        if (isToWrite(reply) && writes++ == 0) {
            firstIndex = reply.raftIndex();
        }
        edge.onReply(reply);
    }

    private static boolean isToWrite(final Reply reply) {
        return reply.kind() == Reply.Kind.RESULT
                && !EventFlyweight.beginsWith(Action.GET, reply.bytes(), reply.offset());
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
