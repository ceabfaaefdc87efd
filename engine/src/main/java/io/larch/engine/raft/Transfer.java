package io.larch.engine.raft;

/** Handing leadership to a chosen voter. */
final class Transfer {
    private final RaftState state;
    private long target;
    private int elapsedTicks;

    Transfer(final RaftState state) {
        this.state = state;
    }

    boolean isUnderWay() {
        return target != 0;
    }

    void clear() {
        target = 0;
    }

    /** Begins at the leader; another target replaces the first. */
    int begin(final long newTarget) {
        final Progress peer = state.tracker.get(newTarget);
        if (newTarget == state.id()
                || peer == null
                || !peer.isVoter() && state.keeps(Rule.TRANSFER_ONLY_TO_VOTERS)) {
            return ProposalResult.BAD_TARGET;
        }
        if (state.membership.isLeaving()) {
            return ProposalResult.REFUSED_TRANSFER;
        }
        if (newTarget == target) {
            return ProposalResult.ACCEPTED;
        }
        target = newTarget;
        elapsedTicks = 0;
        if (!onProgress(peer)) {
            peer.poke = true;
            state.replication.touch();
        }
        return ProposalResult.ACCEPTED;
    }

    /** A peer has acknowledged: when the target has everything, it is its turn. */
    boolean onProgress(final Progress peer) {
        if (target == 0 || peer.id() != target) {
            return false;
        }
        if (peer.match() != state.log.lastIndex() && state.keeps(Rule.TRANSFER_WAITS_FOR_LOG)) {
            return false;
        }
        sendTimeoutNow(target);
        return true;
    }

    void sendTimeoutNow(final long id) {
        // It may be elected within the lease.
        state.reads.forbidLease();
        state.outbox.begin(MessageType.TIMEOUT_NOW, id, state.term()).send();
    }

    /** Gives up after an election time-out. */
    void tick() {
        if (target != 0
                && ++elapsedTicks >= state.config.electionTicks()
                && state.keeps(Rule.TRANSFER_TIMES_OUT)) {
            target = 0;
        }
    }

    void onMembershipChanged() {
        final Progress peer = state.tracker.get(target);
        if ((peer == null || !peer.isVoter()) && state.keeps(Rule.TRANSFER_ENDS_WITH_ITS_TARGET)) {
            target = 0;
        }
    }

    /** The leader of this term hands over to this member. */
    void onTimeoutNow() {
        if (state.role != RaftRole.LEADER) {
            state.election.campaign(true);
        }
    }
}
