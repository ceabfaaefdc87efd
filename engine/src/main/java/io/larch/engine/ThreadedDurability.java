package io.larch.engine;

import io.larch.engine.raft.RaftCore;
import io.larch.engine.wal.WalFailedException;
import io.larch.engine.wal.WriteAheadLog;

/**
 * Leaves syncs to the log's own thread, which wakes the engine when it is done; what is appended
 * meanwhile shares the next one.
 */
final class ThreadedDurability implements Durability {
    private final WriteAheadLog wal;
    private long requestedPosition;
    private long toldPosition;

    ThreadedDurability(final WriteAheadLog wal) {
        this.wal = wal;
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
            requestedPosition = wal.position();
            wal.requestSync();
        }
        final long durablePosition = wal.durablePosition();
        if (durablePosition == toldPosition) {
            return false;
        }
        toldPosition = durablePosition;
        raft.persisted(durablePosition);
        return true;
    }
}
