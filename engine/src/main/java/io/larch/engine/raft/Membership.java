package io.larch.engine.raft;

import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.LongHashSet;

/**
 * Changes of the membership. A change counts from the moment it is applied, which is safe since at
 * most one is in the log behind the applied index, none before the leader has committed in its
 * term, and nobody campaigns before having applied those it knows to be committed.
 */
final class Membership {
    private final RaftState state;
    private final LongHashSet removed = new LongHashSet(0);
    private final ExpandableArrayBuffer scratch = new ExpandableArrayBuffer();
    private long pendingIndex;

    /** Set while this leader is no voter any more but still leads: what others must know. */
    private long leavingIndex;

    Membership(final RaftState state) {
        this.state = state;
    }

    /** This member has been elected: all it inherited may hold one change. */
    void start() {
        pendingIndex = state.keeps(Rule.NEW_LEADER_SUSPECTS_ITS_TAIL) ? state.log.lastIndex() : 0;
    }

    /** The role has changed. */
    void clear() {
        leavingIndex = 0;
    }

    /** Whether this member leads a group it does not belong to, until others can take over. */
    boolean isLeaving() {
        return leavingIndex > 0;
    }

    boolean isPending() {
        return state.keeps(Rule.ONE_CONF_CHANGE_AT_A_TIME)
                        && pendingIndex > state.log.appliedIndex()
                || state.keeps(Rule.CONF_CHANGE_AFTER_OWN_COMMIT)
                        && !state.log.hasCommittedInTerm();
    }

    boolean isRemoved(final long id) {
        return removed.contains(id);
    }

    void markRemoved(final long id) {
        removed.add(id);
    }

    /** Appends a change at the leader, if one may be made now. */
    long propose(final ConfChange change) {
        if (isPending()) {
            return ProposalResult.CONF_CHANGE_PENDING;
        }
        final ConfState conf = state.tracker.conf();
        if (ConfChanger.changed(conf, change, state.config.maxVoters()) == null
                && state.keeps(Rule.LAST_VOTER_STAYS)) {
            return conf.isJoint()
                    ? ProposalResult.CONF_CHANGE_PENDING
                    : ProposalResult.CONF_CHANGE_INVALID;
        }
        if (!arePromotedReady(change) && state.keeps(Rule.PROMOTION_WAITS_FOR_CATCH_UP)) {
            return ProposalResult.LEARNER_NOT_READY;
        }
        final int length = change.encode(scratch, 0);
        pendingIndex = state.replication.append(EntryKind.CONF_CHANGE, scratch, 0, length);
        return pendingIndex;
    }

    private boolean arePromotedReady(final ConfChange change) {
        for (final ConfChange.Step step : change.steps()) {
            if (step.op() == ConfChange.Op.PROMOTE) {
                final Progress learner = state.tracker.get(step.id());
                // One that the same change adds holds nothing yet.
                if (learner == null || !isInSync(learner)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** As etcd: it holds nine tenths of what is durable here; and it could vote at once. */
    private boolean isInSync(final Progress learner) {
        return learner.match() * 10 >= state.log.durableIndex() * 9
                && learner.isInSync(state.log.lastIndex(), state.now, state.config.electionTicks());
    }

    /** A change is being applied. */
    ConfState apply(final ConfChange change) {
        final ConfState conf = state.tracker.conf();
        final ConfState changed = ConfChanger.changed(conf, change, Integer.MAX_VALUE);
        if (changed == null) {
            return conf;
        }
        for (final long id : conf.members()) {
            if (!changed.contains(id)) {
                removed.add(id);
                state.forwarding.forget(id);
            }
        }
        switchTo(changed);
        return changed;
    }

    /** The membership is another one now. */
    void switchTo(final ConfState conf) {
        state.tracker.change(conf, state.log.lastIndex());
        for (final long id : conf.members()) {
            removed.remove(id);
        }
        if (!state.isLeader()) {
            return;
        }
        state.transfer.onMembershipChanged();
        if (!state.tracker.isSelfVoter()) {
            if (!state.keeps(Rule.REMOVED_LEADER_HANDS_OVER)) {
                state.becomeFollower(state.term(), 0);
                return;
            }
            leavingIndex = Math.max(1, pendingIndex);
        }
        if (state.keeps(Rule.SHRINKING_COMMITS_AT_ONCE)) {
            // Fewer voters may already hold what waits.
            state.replication.countCommitted();
        }
        state.replication.touch();
        onCommitKnown();
    }

    /** The leader ends joint phases, and promotes learners that have caught up and are not held. */
    void maintain() {
        if (!state.isLeader() || isLeaving() || isPending()) {
            return;
        }
        final ConfState conf = state.tracker.conf();
        if (conf.isJoint()) {
            if (conf.autoLeave() && state.keeps(Rule.JOINT_PHASE_IS_LEFT)) {
                propose(ConfChange.leaveJoint());
            }
        } else if (state.config.autoPromote()) {
            promote();
        }
    }

    private void promote() {
        final ConfState conf = state.tracker.conf();
        for (final Progress peer : state.tracker.peers()) {
            if (!peer.isVoter()
                    && (!conf.isHeld(peer.id()) || !state.keeps(Rule.HELD_LEARNER_STAYS))
                    && (isReadyToVote(peer) || !state.keeps(Rule.PROMOTION_WAITS_FOR_CATCH_UP))
                    && propose(ConfChange.of(ConfChange.Op.ADD_VOTER, peer.id())) > 0) {
                return;
            }
        }
    }

    /** A peer has acknowledged what it holds: a learner votes from now on if that is enough. */
    void onProgress(final Progress peer) {
        if (peer.isVoter()) {
            return;
        }
        peer.followRound(state.log.lastIndex(), state.now, state.config.electionTicks());
        if (isReadyToVote(peer)) {
            maintain();
        }
    }

    private boolean isReadyToVote(final Progress learner) {
        return learner.isReadyToVote(
                state.log.lastIndex(), state.now, state.config.electionTicks());
    }

    /**
     * A leader that was removed leaves when a quorum of those who stay knows that the change is
     * committed, so that one of them can be elected.
     */
    void onCommitKnown() {
        if (!isLeaving() || state.tracker.reached(peer -> peer.knownCommit) < leavingIndex) {
            return;
        }
        Progress best = null;
        for (final Progress peer : state.tracker.peers()) {
            if (peer.isVoter()
                    && peer.knownCommit >= leavingIndex
                    && (best == null || peer.match() > best.match())) {
                best = peer;
            }
        }
        if (best != null) {
            state.transfer.sendTimeoutNow(best.id());
        }
        state.becomeFollower(state.term(), 0);
    }
}
