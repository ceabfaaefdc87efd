package io.larch.engine.raft;

/** Terms, votes and time-outs: who may lead. */
final class Election {
    private final RaftState state;
    private int elapsedTicks;
    private int timeoutTicks;

    /** Until then a restarted member does not vote: it may have promised a lease. */
    private final long noVoteBefore;

    Election(final RaftState state) {
        this.state = state;
        final boolean mayHavePromised =
                state.config.leaseReads()
                        && state.term() > 0
                        && state.keeps(Rule.RESTARTED_VOTER_WAITS_FOR_LEASES);
        noVoteBefore = mayHavePromised ? state.config.electionTicks() : 0;
        restartTimer();
    }

    /**
     * Draws a new time-out. Short ones come more often than long ones, since those who time out are
     * few: the first of them is early then, and the second hardly ever in its way.
     */
    void restartTimer() {
        elapsedTicks = 0;
        final int shortest = state.config.electionTicks();
        final int fixed = state.config.fixedTimeoutTicks();
        if (fixed > 0 || !state.keeps(Rule.TIMEOUT_IS_RANDOM)) {
            timeoutTicks = Math.max(fixed, shortest);
        } else {
            final double part = state.random.nextDouble();
            timeoutTicks = shortest + (int) (shortest * part * part);
        }
    }

    void leaderHeard() {
        elapsedTicks = 0;
    }

    /** Ends a leader's count of ticks since its quorum was checked. */
    void tick() {
        elapsedTicks++;
        if (state.isLeader()) {
            if (elapsedTicks >= state.config.electionTicks()) {
                elapsedTicks = 0;
                state.replication.checkQuorum();
            }
        } else if (elapsedTicks >= timeoutTicks && state.config.electionTimer()) {
            onTimeout();
        }
    }

    private void onTimeout() {
        elapsedTicks = 0;
        campaign(false);
        // Who may not campaign would otherwise stick to a leader that is gone.
        if (state.role == RaftRole.FOLLOWER
                && state.leaderId != 0
                && state.keeps(Rule.SILENT_LEADER_IS_FORGOTTEN)) {
            state.becomeFollower(state.term(), 0);
        }
    }

    /** Whether this member may be elected now. */
    boolean isPromotable() {
        return (state.tracker.isSelfVoter() || !state.keeps(Rule.LEARNER_DOES_NOT_CAMPAIGN))
                && !state.appends.isInstalling();
    }

    /**
     * Campaigns if the rules allow it.
     *
     * @param isTransfer the leader asked for it: no pre-vote.
     */
    void campaign(final boolean isTransfer) {
        if (state.isLeader() || !isPromotable()) {
            return;
        }
        if (state.keeps(Rule.NO_CAMPAIGN_WITH_UNAPPLIED_CONF)
                && state.log.hasUnappliedConfChange()) {
            return;
        }
        if (state.tracker.isSelfQuorum()
                || isTransfer
                || !state.config.preVote()
                || !state.keeps(Rule.PRE_VOTE_IS_ASKED_FIRST)) {
            runForLeader(isTransfer);
        } else {
            askFirst();
        }
    }

    private void askFirst() {
        state.becomePreCandidate();
        state.tracker.recordVote(state.id(), true);
        if (state.tracker.isWon()) {
            runForLeader(false);
        } else {
            requestVotes(MessageType.PRE_VOTE, state.term() + 1, 0, 0);
        }
    }

    private void runForLeader(final boolean isTransfer) {
        state.becomeCandidate();
        state.tracker.recordVote(state.id(), true);
        if (state.tracker.isWon()) {
            state.becomeLeader();
            return;
        }
        // The tail that the request boasts of must not be lost before the votes come back.
        final long position = state.log.position();
        if (!state.keeps(Rule.VOTE_REQUEST_WAITS_FOR_DISK)) {
            state.outbox.holdUntil(0);
        }
        requestVotes(
                MessageType.VOTE,
                state.term(),
                isTransfer ? RaftMessage.TRANSFER : 0,
                state.keeps(Rule.VOTE_REQUEST_WAITS_FOR_DISK) ? position : 0);
    }

    /** A pre-vote binds nobody and carries what is committed. Its answers are of no interest. */
    void tellCommit() {
        requestVotes(MessageType.PRE_VOTE, state.term() + 1, 0, 0);
    }

    private void requestVotes(
            final MessageType type, final long term, final int flags, final long position) {
        for (final Progress peer : state.tracker.peers()) {
            if (peer.isVoter()) {
                state.outbox
                        .begin(type, peer.id(), term)
                        .index(state.log.lastIndex())
                        .logTerm(state.log.lastTerm())
                        .flags(flags);
                addCommit().sendWhenDurable(position);
            }
        }
    }

    private Outbox addCommit() {
        final long commit = state.log.commitIndex();
        return state.outbox.commit(commit).commitTerm(Math.max(0, state.log.term(commit)));
    }

    /**
     * Whether a vote of a higher term is none of this member's business: its leader lives. Without
     * this a member that cannot hear the leader deposes it again and again.
     */
    boolean isStickyAgainst(final RaftMessage request) {
        if (request.isTransfer() && state.keeps(Rule.TRANSFER_OVERCOMES_STICKINESS)
                || !state.config.checkQuorum()) {
            return false;
        }
        if (state.now < noVoteBefore) {
            return true;
        }
        return state.leaderId != 0
                && (state.isLeader() || elapsedTicks < state.config.electionTicks())
                && state.keeps(Rule.STICKY_TO_LEADER);
    }

    /** A vote or pre-vote is asked of this member; of a pre-vote the term may be in the future. */
    void onVoteRequest(final RaftMessage request) {
        learnCommit(request);
        final boolean isPreVote = request.type() == MessageType.PRE_VOTE;
        final boolean isFree =
                state.log.votedFor() == request.from()
                        || state.log.votedFor() == 0 && state.leaderId == 0
                        || isPreVote && request.term() > state.term()
                        || !state.keeps(Rule.ONE_VOTE_PER_TERM);
        // The membership is not looked at: it may not have heard yet that it is a voter.
        final boolean isGranted =
                isFree
                        && (state.log.isUpToDate(request.index(), request.logTerm())
                                || !state.keeps(Rule.VOTE_ONLY_FOR_UP_TO_DATE))
                        && (state.keeps(Rule.WHO_IS_ASKED_VOTES) || state.tracker.isSelfVoter());
        if (isGranted && !isPreVote) {
            elapsedTicks = 0;
            if (state.log.votedFor() != request.from()) {
                state.saveTerm(state.term(), request.from());
            }
        }
        reply(request, isPreVote, isGranted);
    }

    /** Refuses a pre-vote of a term that has passed, so that the asker learns the present one. */
    void rejectPreVote(final RaftMessage request) {
        if (state.keeps(Rule.LOWER_PRE_VOTE_IS_ANSWERED)) {
            reply(request, true, false);
        }
    }

    private void reply(
            final RaftMessage request, final boolean isPreVote, final boolean isGranted) {
        final long term = isPreVote && isGranted ? request.term() : state.term();
        state.outbox
                .begin(
                        isPreVote ? MessageType.PRE_VOTE_REPLY : MessageType.VOTE_REPLY,
                        request.from(),
                        term)
                .answering(request)
                .flags(isGranted ? 0 : RaftMessage.REJECT);
        // What the vote depends on is term and vote, which every message of the term waits for.
        addCommit().send();
    }

    void onVoteReply(final RaftMessage reply) {
        learnCommit(reply);
        final boolean isPreVote = reply.type() == MessageType.PRE_VOTE_REPLY;
        if (state.role != (isPreVote ? RaftRole.PRE_CANDIDATE : RaftRole.CANDIDATE)) {
            return;
        }
        final long grantedTerm = isPreVote ? state.term() + 1 : state.term();
        if (!reply.isReject() && reply.term() != grantedTerm) {
            return;
        }
        state.tracker.recordVote(reply.from(), !reply.isReject());
        if (state.tracker.isWon()) {
            if (isPreVote) {
                runForLeader(false);
            } else {
                state.becomeLeader();
            }
        } else if (state.tracker.isLost()) {
            state.becomeFollower(state.term(), 0);
        }
    }

    /**
     * Messages of elections tell what is committed. The very entry must be in this log; then the
     * whole log up to it is the same, and committed.
     */
    private void learnCommit(final RaftMessage message) {
        if (message.commit() > state.log.commitIndex()
                && message.commitTerm() > 0
                && !state.appends.isInstalling()
                && (state.log.matches(message.commit(), message.commitTerm())
                        || !state.keeps(Rule.LEARNED_COMMIT_IS_MATCHED))
                && state.keeps(Rule.VOTES_CARRY_COMMIT)) {
            state.log.commitTo(
                    state.keeps(Rule.LEARNED_COMMIT_IS_MATCHED)
                            ? message.commit()
                            : Math.min(message.commit(), state.log.lastIndex()));
        }
    }
}
