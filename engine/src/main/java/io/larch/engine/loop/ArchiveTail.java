package io.larch.engine.loop;

import io.larch.engine.raft.RaftCore;
import io.larch.engine.wal.DiskFullException;
import io.larch.engine.wal.WriteAheadLog;

/**
 * Has the end of the log, which is in no complete segment yet, kept in the archive from time to
 * time if there is anything new, so that what a member that writes little has written last does not
 * wait there for long. Owned by the engine's thread.
 */
final class ArchiveTail {
    private final WriteAheadLog wal;
    private final RaftCore raft;
    private final long intervalNanos;
    private long dueNanos;
    private long keptPosition = -1;

    /**
     * @param intervalNanos 0: never.
     */
    ArchiveTail(
            final WriteAheadLog wal,
            final RaftCore raft,
            final long intervalNanos,
            final long nowNanos) {
        this.wal = wal;
        this.raft = raft;
        this.intervalNanos = intervalNanos;
        dueNanos = nowNanos + intervalNanos;
    }

    int doWork(final long nowNanos) {
        if (intervalNanos == 0 || nowNanos - dueNanos < 0) {
            return 0;
        }
        if (!hasNews()) {
            // What comes next waits for no more than that.
            return 0;
        }
        saveCommit();
        if (!wal.archiveTail()) {
            return 0;
        }
        keptPosition = wal.position();
        dueNanos = nowNanos + intervalNanos;
        return 1;
    }

    private boolean hasNews() {
        return wal.position() != keptPosition || raft.commitIndex() > wal.commitIndex();
    }

    /** The log tells of the last entries that they are committed with those behind them, else. */
    private void saveCommit() {
        if (raft.commitIndex() > wal.commitIndex()) {
            try {
                wal.saveHardState(raft.term(), raft.votedFor(), raft.commitIndex());
            } catch (final DiskFullException e) {
                // It is told with the next entry that there is room for.
                return;
            }
        }
    }

    /** How long there is nothing to do here. */
    long waitNanos(final long nowNanos) {
        return intervalNanos == 0 || !hasNews() ? Long.MAX_VALUE : Math.max(0, dueNanos - nowNanos);
    }
}
