package io.larch.engine.member;

import io.larch.engine.EngineContext;
import io.larch.engine.EngineLog;
import io.larch.engine.port.Query;
import io.larch.engine.port.Query.MemberChange;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.QueryViews.ChangeOutcome;
import io.larch.engine.raft.ConfChange;
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
                change.op() == MemberChange.Op.ADD
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
        if (isPromotionAwaited(pending, outcome)) {
            pending.refusal = outcome;
            pending.retryNanos = nowNanos + RETRY_NANOS;
            // The others need not wait for that.
            changes.addLast(changes.removeFirst());
            return 0;
        }
        if (outcome != ChangeOutcome.DONE) {
            log.memberChangeRefused(pending.change.op(), pending.id, outcome);
            changes.removeFirst();
            answer(pending, outcome);
            return 1;
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
            changes.removeFirst();
            answer(pending, ChangeOutcome.LAST_VOTER);
        }
        return 1;
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
     * Whether all that is wrong is that a member does not vote yet: then it counts soon. Without
     * {@code --strict-reconfig-check} one that has not started is waited for too, as in etcd.
     */
    private boolean isPromotionAwaited(final Pending pending, final ChangeOutcome outcome) {
        return outcome == ChangeOutcome.LAST_VOTER
                || outcome == ChangeOutcome.NOT_ENOUGH_STARTED
                        && mayBegin(pending, cluster.membership());
    }

    private ChangeOutcome check(final Pending pending) {
        if (isLastMember(pending)) {
            return ChangeOutcome.LAST_MEMBER;
        }
        if (context.strictReconfigCheck() && !mayBegin(pending, cluster.shown(raft.conf()))) {
            return ChangeOutcome.NOT_ENOUGH_STARTED;
        }
        final ChangeOutcome outcome =
                MemberRules.check(
                        cluster.membership(),
                        pending.change.op(),
                        pending.id,
                        pending.change.peerUrls());
        if (outcome != ChangeOutcome.DONE) {
            return outcome;
        }
        final int size = cluster.membership().members().size();
        return switch (pending.change.op()) {
            case ADD -> size < MAX_MEMBERS ? outcome : ChangeOutcome.TOO_MANY_MEMBERS;
            case REMOVE -> isLastVoter(pending.id) ? ChangeOutcome.LAST_VOTER : outcome;
            case UPDATE -> outcome;
        };
    }

    private static boolean mayBegin(final Pending pending, final Membership membership) {
        return switch (pending.change.op()) {
            case ADD -> MemberRules.mayAdd(membership);
            case REMOVE -> MemberRules.mayRemove(membership, pending.id);
            case UPDATE -> true;
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

    /** The leader has refused a forwarded proposal: it is certainly in nobody's log. */
    public void onRefused(final long forwardSequence) {
        final Pending first = changes.peekFirst();
        if (first != null
                && first.state == State.PROPOSED
                && first.raftIndex == 0
                && first.forwardSequence == forwardSequence) {
            first.state = State.WAITING;
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
