package io.larch.engine.request;

import io.larch.engine.EngineContext;
import io.larch.engine.member.MembershipChanges;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.QueryViews.ChangeOutcome;
import io.larch.engine.raft.RaftCore;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Takes the questions of the cold path. Most are answered at once from what is known here. Those
 * about health, and changes of the membership, first need the word of a majority, and who hands
 * leadership on waits for the next leader: they wait in bounded number and for a bounded time, and
 * apart from what clients read and write. Owned by the engine thread.
 */
public final class PendingQueries {
    /** Names of questions in the Raft core begin here; those of clients' reads end before. */
    private static final long FIRST_ID = 1L << 62;

    /** How long a majority may take to answer for its health, as in etcd. */
    private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(750);

    /** A message to the leader, or its answer, may be lost: then it is asked again. */
    private static final long ASK_AGAIN_NANOS = PROBE_NANOS / 3;

    private static final int MAX_PROBES = 1024;
    private static final int MAX_CHANGES = 256;
    private static final String TOO_MANY = "too many requests";
    private static final String STOPPED = "the member stops";

    /** One question that waits for a majority. */
    private static final class Pending {
        final Query<?> question;
        final long id;
        final long startNanos;
        long askedNanos;

        /** The core does not know of it: there was no leader, or it was lost with one. */
        boolean isLost;

        Pending(final Query<?> question, final long id, final long startNanos) {
            this.question = question;
            this.id = id;
            this.startNanos = startNanos;
        }

        boolean isChange() {
            return question.kind() == Query.Kind.CHANGE_MEMBERS;
        }
    }

    private final Map<Long, Pending> waiting = new LinkedHashMap<>();
    private final EngineContext context;
    private final RaftCore raft;
    private final StatusQueries admin;
    private final MembershipChanges members;
    private final LeaderMoves moves;
    private final Consumer<Query<QueryViews.State>> states;
    private long lastId = FIRST_ID;
    private int changeCount;

    /**
     * @param states takes the questions for this member's state, which wait for a snapshot.
     */
    public PendingQueries(
            final EngineContext context,
            final RaftCore raft,
            final StatusQueries admin,
            final MembershipChanges members,
            final Consumer<Query<QueryViews.State>> states) {
        this.context = context;
        this.raft = raft;
        this.admin = admin;
        this.members = members;
        this.states = states;
        moves = new LeaderMoves(context, raft);
    }

    void onQuestion(final Query<?> question) {
        switch (question.kind()) {
            case HEALTH, READY -> probe(question);
            case CHANGE_MEMBERS -> change(question);
            case MOVE_LEADER -> moves.begin(typed(question), now());
            case STATE -> states.accept(typed(question));
            default -> answer(question, admin.answer(question.kind()));
        }
    }

    private void probe(final Query<?> question) {
        final QueryViews.Health health = admin.health();
        if (!health.healthy()) {
            answer(question, health);
        } else if (waiting.size() - changeCount >= MAX_PROBES) {
            answer(question, new QueryViews.Health(false, TOO_MANY));
        } else {
            await(question);
        }
    }

    private void change(final Query<?> question) {
        if (changeCount + members.count() >= MAX_CHANGES) {
            answer(question, new QueryViews.MemberChanged(ChangeOutcome.TOO_MANY_REQUESTS, null));
        } else {
            changeCount++;
            await(question);
        }
    }

    private void await(final Query<?> question) {
        final Pending pending = new Pending(question, ++lastId, now());
        waiting.put(pending.id, pending);
        ask(pending, pending.startNanos);
    }

    private void ask(final Pending pending, final long nowNanos) {
        pending.askedNanos = nowNanos;
        final int result =
                pending.question.kind() == Query.Kind.HEALTH
                        ? raft.proveQuorum(pending.id)
                        : raft.readIndex(pending.id);
        pending.isLost = result < 0;
    }

    /**
     * The core has answered a read or a proof; -1: it was lost.
     *
     * @return whether it was asked for by a question.
     */
    boolean onAnswered(final long requestId, final long readIndex) {
        if (requestId < FIRST_ID) {
            return false;
        }
        final Pending pending = waiting.get(requestId);
        if (pending == null) {
            // Asked twice, and answered before.
            return true;
        }
        if (readIndex < 0) {
            pending.isLost = true;
            return true;
        }
        remove(pending);
        if (pending.isChange()) {
            members.begin(pending.question, pending.startNanos + context.requestTimeoutNanos());
        } else {
            answer(pending.question, admin.health());
        }
        return true;
    }

    private void remove(final Pending pending) {
        waiting.remove(pending.id);
        changeCount -= pending.isChange() ? 1 : 0;
    }

    /** Asks again what may be lost, tells those whose time is up, and sees to the changes. */
    int doWork(final long nowNanos) {
        if (!waiting.isEmpty()) {
            look(nowNanos);
        }
        if (!moves.isEmpty()) {
            moves.look(nowNanos);
        }
        return members.doWork(nowNanos);
    }

    private void look(final long nowNanos) {
        List<Pending> expired = List.of();
        for (final Pending pending : waiting.values()) {
            if (nowNanos - pending.startNanos >= timeoutNanos(pending)) {
                expired = expired.isEmpty() ? new ArrayList<>() : expired;
                expired.add(pending);
            } else if (isToAskAgain(pending, nowNanos)) {
                ask(pending, nowNanos);
            }
        }
        // An answer may bring the next question at once, so it is given when all were looked at.
        for (final Pending pending : expired) {
            remove(pending);
            refuse(pending, ChangeOutcome.NOT_MADE, silence());
        }
    }

    private boolean isToAskAgain(final Pending pending, final long nowNanos) {
        return raft.leaderId() != 0
                && (pending.isLost
                        || !raft.isLeader() && nowNanos - pending.askedNanos >= ASK_AGAIN_NANOS);
    }

    private long timeoutNanos(final Pending pending) {
        return pending.isChange() ? context.requestTimeoutNanos() : PROBE_NANOS;
    }

    private String silence() {
        return raft.leaderId() == 0 ? StatusQueries.NO_LEADER : "no answer from a majority";
    }

    /** When {@link #doWork} has something to do by itself. */
    long nextDeadlineNanos(final long nowNanos) {
        final boolean isIdle = waiting.isEmpty() && moves.isEmpty();
        return nowNanos + (isIdle ? context.requestTimeoutNanos() : context.tickNanos());
    }

    /** A forwarded proposal was refused by the leader: it is certainly in nobody's log. */
    void onRefused(final long forwardSequence, final int reason) {
        members.onRefused(forwardSequence, reason);
    }

    /** A member of the cluster says that this one was removed. */
    void onRemoved() {
        members.onRemoved();
    }

    /**
     * The member stops: everybody who waits is told.
     *
     * @param isRemoved because it was removed.
     */
    void close(final boolean isRemoved) {
        while (!waiting.isEmpty()) {
            final Iterator<Pending> first = waiting.values().iterator();
            final Pending pending = first.next();
            remove(pending);
            refuse(pending, ChangeOutcome.STOPPED, STOPPED);
        }
        moves.close();
        members.close(isRemoved);
    }

    private void refuse(final Pending pending, final ChangeOutcome outcome, final String reason) {
        answer(
                pending.question,
                pending.isChange()
                        ? new QueryViews.MemberChanged(outcome, null)
                        : new QueryViews.Health(false, reason));
    }

    private long now() {
        return context.nanoTime().getAsLong();
    }

    /** The kind of a question fixes the type of its answer. */
    @SuppressWarnings("unchecked")
    private static <R> Query<R> typed(final Query<?> question) {
        return (Query<R>) question;
    }

    /** As the other. */
    @SuppressWarnings("unchecked")
    private static <R> void answer(final Query<R> question, final Object result) {
        question.answer((R) result);
    }
}
