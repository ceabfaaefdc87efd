package io.larch.engine;

import io.larch.engine.raft.RaftCore;

/**
 * Who leads since when, as clients may see it: an election does not clear the last leader. Owned by
 * the engine thread.
 */
final class Leadership {
    private final EngineLog log;
    private long leaderId;
    private long sinceEpochNanos;

    Leadership(final EngineLog log) {
        this.log = log;
    }

    void changed(final RaftCore raft, final long epochNanos) {
        log.roleChanged(raft.id(), raft.role().name(), raft.term(), raft.leaderId());
        if (raft.leaderId() != 0 && raft.leaderId() != leaderId) {
            leaderId = raft.leaderId();
            sinceEpochNanos = epochNanos;
        }
    }

    /** The last leader known; 0 before the first. */
    long leaderId() {
        return leaderId;
    }

    long sinceEpochNanos() {
        return sinceEpochNanos;
    }
}
