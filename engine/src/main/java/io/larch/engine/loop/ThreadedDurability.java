package io.larch.engine.loop;

import io.larch.engine.raft.RaftCore;
import io.larch.engine.stats.LatencyRecorder;
import io.larch.engine.wal.WalFailedException;
import io.larch.engine.wal.WriteAheadLog;
import java.util.function.LongSupplier;

/**
 * Leaves syncs to the log's own thread, which wakes the engine when it is done; what is appended
 * meanwhile shares the next one.
 */
final class ThreadedDurability implements Durability {
    private final WriteAheadLog wal;
    private final LongSupplier nanoTime;
    private final LatencyRecorder syncs;
    private long requestedNanos;
    private long requestedPosition;
    private long toldPosition;

    ThreadedDurability(
            final WriteAheadLog wal, final LongSupplier nanoTime, final LatencyRecorder syncs) {
        this.wal = wal;
        this.nanoTime = nanoTime;
        this.syncs = syncs;
        requestedPosition = wal.durablePosition();
        toldPosition = requestedPosition;
    }

    @Override
    public boolean advance(final RaftCore raft) {
        final WalFailedException failure = wal.failure();
        if (failure != null) {
            throw failure;
        }
        if (wal.position() != requestedPosition) {
            if (requestedPosition == toldPosition) {
                requestedNanos = nanoTime.getAsLong();
            }
            requestedPosition = wal.position();
            wal.requestSync();
        }
        final long durablePosition = wal.durablePosition();
        if (durablePosition == toldPosition) {
            return false;
        }
        final long nowNanos = nanoTime.getAsLong();
        syncs.record(nowNanos - requestedNanos);
        // What was asked for meanwhile is under way from now on.
        requestedNanos = nowNanos;
        toldPosition = durablePosition;
        raft.persisted(durablePosition);
        return true;
    }
}
