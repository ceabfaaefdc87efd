package io.larch.engine.member;

import io.larch.engine.EngineContext;
import io.larch.engine.EngineLog;
import io.larch.engine.MemberRemovedException;
import io.larch.engine.raft.RaftCore;

/**
 * Ends a member that was removed from its cluster, a moment after one of those who stay has said
 * so: then the last messages and answers are out. Until then it votes and acknowledges as before
 * and tells the others what is committed, however long they cannot be reached: they may need its
 * vote as long as they have not heard of the change, and of two members the one that stays could
 * never lead without it. Owned by the engine thread.
 */
public final class RemovalShutdown {
    private final EngineContext context;
    private final RaftCore raft;
    private final ClusterState cluster;
    private final LocalMember meta;
    private final EngineLog log;
    private final long electionNanos;
    private boolean isLeaving;
    private boolean isTold;
    private long toldNanos;
    private long tellNanos;

    public RemovalShutdown(
            final EngineContext context,
            final RaftCore raft,
            final ClusterState cluster,
            final LocalMember meta,
            final EngineLog log) {
        this.context = context;
        this.raft = raft;
        this.cluster = cluster;
        this.meta = meta;
        this.log = log;
        electionNanos = context.electionTimeoutMs() * 1_000_000L;
    }

    /** The membership may have changed. */
    public void membershipChanged() {
        if (!isLeaving && isRemoved()) {
            begin();
        }
    }

    /** A member of the cluster says that this one was removed. */
    public void told() {
        if (!isLeaving) {
            begin();
        }
        if (!isTold) {
            isTold = true;
            toldNanos = context.nanoTime().getAsLong();
        }
    }

    /** Whether the member was removed and is about to stop. */
    public boolean isLeaving() {
        return isLeaving;
    }

    private boolean isRemoved() {
        return cluster.membership().isRemoved(context.memberId());
    }

    private void begin() {
        isLeaving = true;
        tellNanos = context.nanoTime().getAsLong();
        log.removed(context.memberId());
    }

    /**
     * @throws MemberRemovedException when it is time to stop.
     */
    public void check(final long nowNanos) {
        if (!isLeaving) {
            return;
        }
        if (isTold && nowNanos - toldNanos >= electionNanos) {
            end();
        }
        if (!isTold && !raft.isLeader() && tellNanos - nowNanos <= 0) {
            tellNanos = nowNanos + electionNanos / 2;
            raft.tellCommit();
        }
    }

    private void end() {
        meta.removed();
        throw new MemberRemovedException();
    }
}
