package io.larch.engine;

import io.larch.engine.raft.RaftCore;

/**
 * Ends a member that was removed from its cluster: a leader once another can take over, and
 * everybody a moment later, so that the last messages and answers get out. Owned by the engine
 * thread.
 */
final class Departure {
    /** A leader that cannot hand over is of no use for longer than this. */
    private static final int ELECTIONS_AS_LEADER = 5;

    private final EngineContext context;
    private final RaftCore raft;
    private final ClusterState cluster;
    private final MemberMeta meta;
    private final EngineLog log;
    private final long electionNanos;
    private boolean isLeaving;
    private long sinceNanos;

    Departure(
            final EngineContext context,
            final RaftCore raft,
            final ClusterState cluster,
            final MemberMeta meta,
            final EngineLog log) {
        this.context = context;
        this.raft = raft;
        this.cluster = cluster;
        this.meta = meta;
        this.log = log;
        electionNanos = context.electionTimeoutMs() * 1_000_000L;
    }

    /** The membership may have changed. */
    void membershipChanged() {
        if (!isLeaving && isRemoved()) {
            begin();
        }
    }

    /** A member of the cluster says that this one was removed. */
    void told() {
        if (!isLeaving) {
            begin();
        }
    }

    /** Whether the member was removed and is about to stop. */
    boolean isLeaving() {
        return isLeaving;
    }

    /**
     * Right after a start: what was removed in an earlier life does not begin another.
     *
     * @throws MemberRemovedException if it was.
     */
    void checkAtStart() {
        if (isRemoved()) {
            end();
        }
    }

    private boolean isRemoved() {
        return cluster.membership().isRemoved(context.memberId());
    }

    private void begin() {
        isLeaving = true;
        sinceNanos = context.nanoTime().getAsLong();
        log.removed(context.memberId());
    }

    /**
     * @throws MemberRemovedException when it is time to stop.
     */
    void check(final long nowNanos) {
        if (!isLeaving) {
            return;
        }
        final long lingerNanos = electionNanos * (raft.isLeader() ? ELECTIONS_AS_LEADER : 1);
        if (nowNanos - sinceNanos >= lingerNanos) {
            end();
        }
    }

    private void end() {
        meta.removed();
        throw new MemberRemovedException();
    }
}
