package io.larch.engine.loop;

import io.larch.engine.EngineContext;
import io.larch.engine.EngineLog;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.stats.LatencyRecorder;
import io.larch.engine.wal.WriteAheadLog;

/**
 * Syncs on the engine thread as long as syncs are quick, which saves two hops; moves them to the
 * log's own thread when they become slow, since nobody is answered meanwhile, and back when the
 * disk has recovered. Each move is a line in the log.
 */
final class AdaptiveDurability implements Durability {
    /**
     * Above this, averaged over the last syncs, a sync costs the readers more than the hops cost
     * the writers.
     */
    private static final long SLOW_NANOS = 4_000_000L;

    private static final long QUICK_NANOS = 1_000_000L;

    /** Weight of the newest sync in the moving average: one eighth. */
    private static final int WEIGHT_SHIFT = 3;

    private final WriteAheadLog wal;
    private final EngineContext context;
    private final LatencyRecorder syncs;
    private final EngineLog log;
    private final Durability threaded;
    private long averageNanos;
    private long requestedNanos;
    private boolean isThreaded;

    AdaptiveDurability(
            final WriteAheadLog wal,
            final EngineContext context,
            final LatencyRecorder syncs,
            final EngineLog log) {
        this.wal = wal;
        this.context = context;
        this.syncs = syncs;
        this.log = log;
        threaded = new ThreadedDurability(wal, context.nanoTime(), syncs);
    }

    @Override
    public boolean advance(final RaftCore raft) {
        return isThreaded ? advanceThreaded(raft) : advanceInline(raft);
    }

    private boolean advanceInline(final RaftCore raft) {
        if (wal.durablePosition() == wal.position()) {
            return false;
        }
        final long startNanos = context.nanoTime().getAsLong();
        wal.sync();
        final long endNanos = context.nanoTime().getAsLong();
        final long tookNanos = endNanos - startNanos;
        syncs.record(tookNanos);
        sample(tookNanos, endNanos);
        raft.persisted(wal.durablePosition());
        if (averageNanos > SLOW_NANOS && context.walFiles() == null) {
            isThreaded = true;
            log.syncsMoved("a thread of their own", averageNanos);
        }
        return true;
    }

    private boolean advanceThreaded(final RaftCore raft) {
        final long nowNanos = context.nanoTime().getAsLong();
        final boolean wasPending = wal.isSyncPending();
        final boolean moved = threaded.advance(raft);
        if (!wasPending && wal.isSyncPending()) {
            requestedNanos = nowNanos;
        } else if (moved && wasPending) {
            sample(nowNanos - requestedNanos, nowNanos);
            requestedNanos = nowNanos;
        }
        if (averageNanos < QUICK_NANOS && !wal.isSyncPending()) {
            isThreaded = false;
            log.syncsMoved("the engine's thread", averageNanos);
        }
        return moved;
    }

    private void sample(final long nanos, final long nowNanos) {
        averageNanos += (nanos - averageNanos) >> WEIGHT_SHIFT;
        if (nanos > SLOW_NANOS) {
            log.slowSync(nanos, nowNanos);
        }
    }
}
