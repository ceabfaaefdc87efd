package io.larch.engine.request;

import io.larch.engine.EngineContext;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews.LeaderMove;
import io.larch.engine.raft.ProposalResult;
import io.larch.engine.raft.RaftCore;
import java.util.ArrayList;
import java.util.List;

/**
 * Hands leadership to a member that a client names. Whoever asks waits until that one leads. Owned
 * by the engine thread.
 */
final class LeaderMoves {
    private static final int MAX_WAITING = 64;

    private final List<Pending> waiting = new ArrayList<>();
    private final EngineContext context;
    private final RaftCore raft;

    private record Pending(Query<LeaderMove> question, long deadlineNanos) {}

    LeaderMoves(final EngineContext context, final RaftCore raft) {
        this.context = context;
        this.raft = raft;
    }

    void begin(final Query<LeaderMove> question, final long nowNanos) {
        if (!raft.isLeader()) {
            question.answer(LeaderMove.NOT_LEADER);
        } else if (question.target() == context.memberId()) {
            question.answer(LeaderMove.DONE);
        } else if (waiting.size() >= MAX_WAITING) {
            question.answer(LeaderMove.TIMED_OUT);
        } else {
            transfer(question, nowNanos);
        }
    }

    private void transfer(final Query<LeaderMove> question, final long nowNanos) {
        switch (raft.transferLeadership(question.target())) {
            case ProposalResult.ACCEPTED ->
                    waiting.add(new Pending(question, nowNanos + context.requestTimeoutNanos()));
            case ProposalResult.BAD_TARGET -> question.answer(LeaderMove.BAD_TARGET);
            default -> question.answer(LeaderMove.TIMED_OUT);
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Tells those whose member leads, and those whose time is up. */
    void look(final long nowNanos) {
        final List<Pending> done = new ArrayList<>();
        for (final Pending each : waiting) {
            if (isDone(each) || each.deadlineNanos - nowNanos <= 0) {
                done.add(each);
            }
        }
        // An answer may bring the next question at once.
        waiting.removeAll(done);
        for (final Pending each : done) {
            each.question.answer(isDone(each) ? LeaderMove.DONE : LeaderMove.TIMED_OUT);
        }
    }

    private boolean isDone(final Pending each) {
        return raft.leaderId() == each.question.target();
    }

    /** The member stops: nobody waits any longer. */
    void close() {
        final List<Pending> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(each -> each.question.answer(LeaderMove.TIMED_OUT));
    }
}
