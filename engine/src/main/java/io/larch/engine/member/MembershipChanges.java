package io.larch.engine.member;

import io.larch.engine.EngineContext;
import io.larch.engine.EngineLog;
import io.larch.engine.port.Query;
import io.larch.engine.port.Query.MemberChange;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.QueryViews.ChangeOutcome;
import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.ConfState;
import io.larch.engine.raft.ProposalResult;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.wal.DiskFullException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Changes of the membership that clients ask for at this member: checked by etcd's rules, proposed
 * one after another, tried again while another change is under way or nobody leads, and answered
 * once applied here. A change that a promotion under way will allow waits for that. Each is
 * answered exactly once. Owned by the engine thread.
 *
 * <p>A learner that is to be promoted gets an election time-out to catch up and be heard from: its
 * leader judges by its last words, and these may just be on their way.
 *
 * <p>A question comes here after a linearizable read was confirmed for it, so that a refusal is
 * never due to a membership that is out of date. Whether the change fits is decided again, by every
 * member alike, when it is applied.
 */
public final class MembershipChanges {
    /** Of a number, those that count the changes of one life. */
    private static final int LIFE_BITS = 24;

    private static final int MAX_MEMBERS = 9;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private enum State {
        /** Not in any log, as far as is known. */
        WAITING,
        /** In a log, or on its way there. */
        PROPOSED,
        /** Applied; this leader was removed by it and leads until the others can take over. */
        LEAVING
    }

    private static final class Pending {
        final Query<?> question;
        final MemberChange change;
        final long id;
        final long sequence;
        final long deadlineNanos;
        State state = State.WAITING;

        /** Why it would be refused now, while it waits for a learner to become a voter. */
        ChangeOutcome refusal;

        /** Whether a log may hold it although it was given up there. */
        boolean mayHappen;

        /** Of the proposal: where and under whom it was made; 0 when another member leads. */
        long raftIndex;

        long term;
        long leaderId;
        long forwardSequence;
        long retryNanos;

        /** When the leader said first that the learner is not ready; 0: it has not. */
        long notReadySinceNanos;

        Pending(
                final Query<?> question,
                final long id,
                final long sequence,
                final long deadlineNanos) {
            this.question = question;
            this.change = question.change();
            this.id = id;
            this.sequence = sequence;
            this.deadlineNanos = deadlineNanos;
        }
    }

    private final ArrayDeque<Pending> changes = new ArrayDeque<>();
    private final EngineContext context;
    private final RaftCore raft;
    private final ClusterState cluster;
    private final EngineLog log;
    private long sequence;

    /**
     * @param incarnation which life of this member it is: its changes are told apart from those of
     *     others, whatever the clocks say.
     */
    public MembershipChanges(
            final EngineContext context,
            final RaftCore raft,
            final ClusterState cluster,
            final EngineLog log,
            final long incarnation) {
        this.context = context;
        this.raft = raft;
        this.cluster = cluster;
        this.log = log;
        sequence = Long.rotateLeft(incarnation, LIFE_BITS);
    }

    /** How many changes wait. */
    public int count() {
        return changes.size();
    }

    /** Takes a change whose linearizable read was confirmed. */
    public void begin(final Query<?> question, final long deadlineNanos) {
        final MemberChange change = question.change();
        final long id =
                change.op().isAddition()
                        ? MemberIds.addedMemberId(change.peerUrls(), epochSeconds())
                        : change.memberId();
        changes.addLast(new Pending(question, id, ++sequence, deadlineNanos));
    }

    /** Proposes what may be proposed, and tells those whose time is up. */
    public int doWork(final long nowNanos) {
        if (changes.isEmpty()) {
            return 0;
        }
        expire(nowNanos);
        final Pending first = changes.peekFirst();
        if (first == null) {
            return 0;
        }
        return switch (first.state) {
            case WAITING -> propose(first, nowNanos);
            case PROPOSED -> review(first, nowNanos);
            case LEAVING -> {
                if (!raft.isLeaving()) {
                    changes.removeFirst();
                    answer(first, ChangeOutcome.DONE);
                }
                yield 0;
            }
        };
    }

    private int propose(final Pending pending, final long nowNanos) {
        if (nowNanos - pending.retryNanos < 0 && pending.retryNanos != 0) {
            return 0;
        }
        final ChangeOutcome outcome = check(pending);
        pending.refusal = null;
        if (pending.mayHappen
                && pending.change.op() == MemberChange.Op.PROMOTE
                && outcome == ChangeOutcome.NOT_A_LEARNER) {
            // An earlier leader has done it, and a snapshot has brought it here.
            return end(pending, ChangeOutcome.DONE);
        }
        if (isPromotionAwaited(pending, outcome)) {
            pending.refusal = outcome;
            yieldTurn(pending, nowNanos);
            return 0;
        }
        if (outcome != ChangeOutcome.DONE) {
            log.memberChangeRefused(pending.change.op(), pending.id, outcome);
            return end(pending, outcome);
        }
        pending.retryNanos = nowNanos + RETRY_NANOS;
        final long result = propose(confChange(pending));
        if (result > 0 || result == ProposalResult.FORWARDED) {
            pending.state = State.PROPOSED;
            pending.raftIndex = Math.max(0, result);
            pending.forwardSequence = result > 0 ? 0 : raft.forwardSequence();
            pending.term = raft.term();
            pending.leaderId = raft.leaderId();
        } else if (result == ProposalResult.CONF_CHANGE_INVALID) {
            // What is left of reasons once the rules are kept.
            return end(pending, ChangeOutcome.LAST_VOTER);
        } else if (result == ProposalResult.LEARNER_NOT_READY) {
            notReady(pending, nowNanos);
        } else if (ProposalResult.reason(result) != 0 && !pending.mayHappen) {
            return end(pending, ChangeOutcome.NOT_UNDERSTOOD);
        }
        return 1;
    }

    /** The first change is over. */
    private int end(final Pending pending, final ChangeOutcome outcome) {
        changes.remove(pending);
        answer(pending, outcome);
        return 1;
    }

    /** The others need not wait for what this one waits for. */
    private void yieldTurn(final Pending pending, final long nowNanos) {
        pending.state = State.WAITING;
        pending.retryNanos = nowNanos + RETRY_NANOS;
        changes.remove(pending);
        changes.addLast(pending);
    }

    /** The leader does not promote the learner yet. */
    private void notReady(final Pending pending, final long nowNanos) {
        pending.notReadySinceNanos =
                pending.notReadySinceNanos == 0 ? nowNanos : pending.notReadySinceNanos;
        final long patienceNanos = TimeUnit.MILLISECONDS.toNanos(context.electionTimeoutMs());
        if (pending.mayHappen || nowNanos - pending.notReadySinceNanos < patienceNanos) {
            pending.refusal = ChangeOutcome.LEARNER_NOT_READY;
            yieldTurn(pending, nowNanos);
        } else {
            log.memberChangeRefused(
                    pending.change.op(), pending.id, ChangeOutcome.LEARNER_NOT_READY);
            end(pending, ChangeOutcome.LEARNER_NOT_READY);
        }
    }

    /** A log without room may have some later. */
    private long propose(final ConfChange change) {
        try {
            return raft.proposeConfChange(change);
        } catch (final DiskFullException e) {
            return ProposalResult.CONF_CHANGE_PENDING;
        }
    }

    /**
     * Whether all that is wrong is that a member does not vote yet, and will by itself: then it
     * counts soon. Without {@code --strict-reconfig-check} one that has not started is waited for
     * too, as in etcd.
     */
    private boolean isPromotionAwaited(final Pending pending, final ChangeOutcome outcome) {
        final ConfState conf = raft.conf();
        return outcome == ChangeOutcome.LAST_VOTER && conf.learners().length > conf.held().length
                || outcome == ChangeOutcome.NOT_ENOUGH_STARTED
                        && mayBegin(
                                pending,
                                cluster.membership().only(member -> !conf.isHeld(member.id())));
    }

    private ChangeOutcome check(final Pending pending) {
        if (isLastMember(pending)) {
            return ChangeOutcome.LAST_MEMBER;
        }
        if (context.strictReconfigCheck() && !mayBegin(pending, cluster.voting(raft.conf()))) {
            return ChangeOutcome.NOT_ENOUGH_STARTED;
        }
        final ChangeOutcome outcome =
                cluster.check(
                        pending.change.op(), pending.id, pending.change.peerUrls(), raft.conf());
        if (outcome != ChangeOutcome.DONE) {
            return outcome;
        }
        if (!isUnderstood(pending.change.op())) {
            return ChangeOutcome.NOT_UNDERSTOOD;
        }
        final int size = cluster.membership().members().size();
        return switch (pending.change.op()) {
            case ADD, ADD_LEARNER -> size < MAX_MEMBERS ? outcome : ChangeOutcome.TOO_MANY_MEMBERS;
            case REMOVE -> isLastVoter(pending.id) ? ChangeOutcome.LAST_VOTER : outcome;
            case UPDATE, PROMOTE -> outcome;
        };
    }

    /** A leader of an older build would not even know such a change when it is forwarded to it. */
    private boolean isUnderstood(final MemberChange.Op op) {
        return switch (op) {
            case ADD_LEARNER, PROMOTE -> cluster.featureLevel() >= FeatureLevel.HELD_LEARNERS;
            case ADD, REMOVE, UPDATE -> true;
        };
    }

    /** A learner that stays one is in no quorum: it comes and goes as it likes. */
    private boolean mayBegin(final Pending pending, final Membership voting) {
        return switch (pending.change.op()) {
            case ADD -> MemberRules.mayAdd(voting);
            case REMOVE ->
                    raft.conf().isHeld(pending.id) || MemberRules.mayRemove(voting, pending.id);
            case PROMOTE -> MemberRules.mayPromote(voting);
            case UPDATE, ADD_LEARNER -> true;
        };
    }

    private boolean isLastMember(final Pending pending) {
        return pending.change.op() == MemberChange.Op.REMOVE
                && cluster.membership().members().size() == 1
                && cluster.membership().member(pending.id).isPresent();
    }

    private boolean isLastVoter(final long id) {
        return raft.conf().voters().length == 1 && raft.conf().isVoter(id);
    }

    private ConfChange confChange(final Pending pending) {
        final byte[] tagged =
                new ChangeTag(context.memberId(), pending.sequence)
                        .appendTo(ClusterState.encodeUrls(pending.change.peerUrls()));
        return switch (pending.change.op()) {
            // The core makes it a voter once it has caught up.
            case ADD -> ConfChange.of(ConfChange.Op.ADD_LEARNER, pending.id, tagged);
            case ADD_LEARNER -> ConfChange.of(ConfChange.Op.ADD_HELD_LEARNER, pending.id, tagged);
            case PROMOTE -> ConfChange.of(ConfChange.Op.PROMOTE, pending.id, tagged);
            case REMOVE -> ConfChange.of(ConfChange.Op.REMOVE, pending.id, tagged);
            case UPDATE -> ConfChange.of(ConfChange.Op.UPDATE, pending.id, tagged);
        };
    }

    /**
     * Under another leader, what was proposed may be lost or may yet come. An addition or removal
     * happens once however often it is proposed, since ids never come back. An update could undo a
     * later one, so it is proposed again only if it is certainly lost.
     */
    private int review(final Pending pending, final long nowNanos) {
        final boolean isOverwritten =
                pending.raftIndex > 0 && raft.appliedIndex() >= pending.raftIndex;
        final boolean isUncertain =
                raft.term() != pending.term
                        || raft.leaderId() != pending.leaderId
                        || pending.raftIndex == 0
                                && nowNanos - pending.retryNanos
                                        >= TimeUnit.MILLISECONDS.toNanos(
                                                context.electionTimeoutMs());
        if (isOverwritten || isUncertain && pending.change.op() != MemberChange.Op.UPDATE) {
            pending.state = State.WAITING;
            pending.mayHappen |= !isOverwritten;
        }
        return 0;
    }

    /**
     * The leader has refused a forwarded proposal: it is certainly in nobody's log.
     *
     * @param reason {@link ProposalResult#LEARNER_NOT_READY}, what its admission said, or 0: it may
     *     be taken another time.
     */
    public void onRefused(final long forwardSequence, final int reason) {
        final Pending first = changes.peekFirst();
        if (first != null
                && first.state == State.PROPOSED
                && first.raftIndex == 0
                && first.forwardSequence == forwardSequence) {
            first.state = State.WAITING;
            if (reason == ProposalResult.LEARNER_NOT_READY) {
                notReady(first, context.nanoTime().getAsLong());
            } else if (reason != 0 && !first.mayHappen) {
                end(first, ChangeOutcome.NOT_UNDERSTOOD);
            }
        }
    }

    /**
     * A change was applied, or found not to fit.
     *
     * @param outcome of {@link MemberRules}.
     */
    public void onApplied(final ConfChange change, final ChangeOutcome outcome) {
        final ChangeTag tag = ChangeTag.of(change.context());
        if (tag == null || tag.memberId() != context.memberId()) {
            return;
        }
        for (final Pending pending : changes) {
            if (pending.sequence == tag.sequence()) {
                settle(pending, outcome);
                return;
            }
        }
    }

    private void settle(final Pending pending, final ChangeOutcome outcome) {
        if (raft.isLeaving() && pending.id == context.memberId()) {
            pending.state = State.LEAVING;
        } else {
            changes.remove(pending);
            answer(pending, outcome);
        }
    }

    private void expire(final long nowNanos) {
        // Oldest first, but a confirmed read may have kept some longer than others.
        int left = changes.size();
        while (left-- > 0) {
            final Pending pending = changes.pollFirst();
            if (pending.deadlineNanos - nowNanos <= 0) {
                answer(pending, lateOutcome(pending));
            } else {
                changes.addLast(pending);
            }
        }
    }

    /** A change that is in nobody's log is dropped, and in etcd made later: a choice, and told. */
    private static ChangeOutcome lateOutcome(final Pending pending) {
        if (pending.state != State.WAITING || pending.mayHappen) {
            return ChangeOutcome.TIMED_OUT;
        }
        return pending.refusal == null ? ChangeOutcome.NOT_MADE : pending.refusal;
    }

    /**
     * Others say that this member was removed: it may never apply that itself, since the leader has
     * nothing more to tell it.
     */
    public void onRemoved() {
        int left = changes.size();
        while (left-- > 0) {
            final Pending pending = changes.pollFirst();
            if (pending.change.op() == MemberChange.Op.REMOVE && pending.id == context.memberId()) {
                answer(pending, ChangeOutcome.DONE);
            } else {
                changes.addLast(pending);
            }
        }
    }

    /**
     * The member stops: whoever waits is told.
     *
     * @param isRemoved because it was removed, which is what some wanted.
     */
    public void close(final boolean isRemoved) {
        if (isRemoved) {
            onRemoved();
        }
        while (!changes.isEmpty()) {
            answer(changes.pollFirst(), ChangeOutcome.STOPPED);
        }
    }

    private long epochSeconds() {
        return TimeUnit.NANOSECONDS.toSeconds(context.epochNanos().getAsLong());
    }

    /** The kind of a question fixes the type of its answer. */
    @SuppressWarnings("unchecked")
    private void answer(final Pending pending, final ChangeOutcome outcome) {
        final QueryViews.Member member =
                outcome == ChangeOutcome.DONE ? cluster.view(pending.id, raft.conf()) : null;
        ((Query<QueryViews.MemberChanged>) pending.question)
                .answer(new QueryViews.MemberChanged(outcome, member));
    }
}
