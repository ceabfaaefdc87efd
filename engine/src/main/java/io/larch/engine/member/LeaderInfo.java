package io.larch.engine.member;

import io.larch.engine.EngineLog;
import io.larch.engine.raft.RaftCore;

/**
 * Who leads since when, as clients may see it: an election does not clear the last leader. Owned by
 * the engine thread.
 */
public final class LeaderInfo {
    private final EngineLog log;
    private long leaderId;

    /** 0 during an election. */
    private long knownLeaderId;

    private long sinceEpochNanos;
    private long sinceNanos = Long.MIN_VALUE;
    private boolean hasLostQuorum;

    public LeaderInfo(final EngineLog log) {
        this.log = log;
    }

    /**
     * @param isSteppedDown whether this member led until now.
     */
    public void changed(
            final RaftCore raft,
            final boolean isSteppedDown,
            final long epochNanos,
            final long nowNanos) {
        log.roleChanged(raft.id(), raft.role().name(), raft.term(), raft.leaderId());
        hasLostQuorum = raft.leaderId() == 0 && (isSteppedDown || hasLostQuorum);
        if (raft.leaderId() != 0 && raft.leaderId() != knownLeaderId) {
            sinceNanos = nowNanos;
        }
        knownLeaderId = raft.leaderId();
        if (raft.leaderId() != 0 && raft.leaderId() != leaderId) {
            leaderId = raft.leaderId();
            sinceEpochNanos = epochNanos;
        }
    }

    /** The last leader known; 0 before the first. */
    public long leaderId() {
        return leaderId;
    }

    public long sinceEpochNanos() {
        return sinceEpochNanos;
    }

    /**
     * Whether this member led until it heard no quorum any more, and nobody has led since: then its
     * requests fail for want of connections.
     */
    public boolean hasLostQuorum() {
        return hasLostQuorum;
    }

    /**
     * Whether a leader was found in the time after a moment, the previous one being at work at that
     * moment or not long before.
     */
    public boolean hasChangedSince(final long startNanos, final long electionTimeoutNanos) {
        return sinceNanos != Long.MIN_VALUE
                && sinceNanos - startNanos > 0
                && sinceNanos - 2 * electionTimeoutNanos - startNanos < 0;
    }
}
