package io.larch.engine.request;

import io.larch.engine.application.Result;
import io.larch.engine.apply.AppliedPosition;
import io.larch.engine.apply.CommandOutcomes;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.stats.EngineStats;

/** Answers those whose commands were applied, if they wait here. Owned by the engine thread. */
public final class AppliedReplies implements CommandOutcomes {
    private static final String REPEATED = "etcdserver: request timed out";

    private final Proposals proposals;
    private final ReplyRouter replies;
    private final AppliedPosition applied;
    private final RaftCore raft;
    private final EngineStats stats;

    public AppliedReplies(
            final Proposals proposals,
            final ReplyRouter replies,
            final AppliedPosition applied,
            final RaftCore raft,
            final EngineStats stats) {
        this.proposals = proposals;
        this.replies = replies;
        this.applied = applied;
        this.raft = raft;
        this.stats = stats;
    }

    @Override
    public boolean isAwaited(final CommandEnvelope command) {
        return proposals.isAwaited(command.originId(), command.incarnation(), command.sequence());
    }

    @Override
    public void applied(final CommandEnvelope command, final Result result) {
        final long correlationId = complete(command);
        if (correlationId == PendingWrites.NOBODY) {
            return;
        }
        stats.answered(proposals.edgeEpochNanos(), applied.index(), raft.isLeader());
        replies.reply(correlationId, result);
    }

    @Override
    public void settled(final CommandEnvelope command) {
        complete(command);
    }

    /** Who waits for it is told that its end is not known. */
    @Override
    public void repeated(final CommandEnvelope command) {
        final long correlationId = complete(command);
        if (correlationId != PendingWrites.NOBODY) {
            replies.raftError(correlationId, REPEATED);
        }
    }

    private long complete(final CommandEnvelope command) {
        return proposals.complete(command.originId(), command.incarnation(), command.sequence());
    }
}
