package io.larch.engine.raft;

import org.agrona.DirectBuffer;

/** Decides whether a message counts, what its term does to this member, and who takes it. */
final class MessageRouter {
    private final RaftState state;

    MessageRouter(final RaftState state) {
        this.state = state;
    }

    void route(final RaftMessage message) {
        final MessageType type = message.type();
        if (!isForThisMember(message)) {
            state.dropped++;
            return;
        }
        if (type == MessageType.REMOVED) {
            state.ready.noteRemoved();
            return;
        }
        if (isFromRemoved(message, type)) {
            state.outbox.begin(MessageType.REMOVED, message.from(), state.term()).send();
            return;
        }
        final long termBefore = state.term();
        if (message.term() > termBefore && !meetHigherTerm(message, type)) {
            return;
        }
        if (message.term() < state.term() && !isTermless(type)) {
            meetLowerTerm(message, type);
            return;
        }
        switch (type) {
            case PRE_VOTE, VOTE -> state.election.onVoteRequest(message);
            case PRE_VOTE_REPLY, VOTE_REPLY -> state.election.onVoteReply(message);
            case TIMEOUT_NOW -> {
                if (message.term() == termBefore || !state.keeps(Rule.TIMEOUT_NOW_OF_SAME_TERM)) {
                    state.transfer.onTimeoutNow();
                }
            }
            case APPEND, HEARTBEAT, SNAPSHOT -> routeFromLeader(message, type);
            case APPEND_REPLY, HEARTBEAT_REPLY -> routeToLeader(message, type);
            default -> routeRequest(message, type);
        }
    }

    private boolean isForThisMember(final RaftMessage message) {
        return (message.clusterId() == state.config.clusterId()
                        || !state.keeps(Rule.CLUSTER_ID_IS_CHECKED))
                && message.to() == state.id()
                && message.from() != state.id()
                && message.from() != 0
                && (message.toIncarnation() == 0
                        || message.toIncarnation() == state.config.incarnation()
                        || !state.keeps(Rule.LIFE_OF_RECEIVER_IS_CHECKED));
    }

    /**
     * A leader may have been removed and still lead until others can take over. Only a voter says
     * so: then one who may be elected knows of the change, and the vote of who is removed, and what
     * that knows, is not needed any more.
     */
    private boolean isFromRemoved(final RaftMessage message, final MessageType type) {
        if (!state.membership.isRemoved(message.from())
                || !state.tracker.isSelfVoter() && state.keeps(Rule.ONLY_VOTERS_TELL_OF_REMOVAL)
                || !state.keeps(Rule.REMOVED_MEMBER_IS_TOLD)) {
            return false;
        }
        return switch (type) {
            case APPEND, HEARTBEAT, SNAPSHOT, TIMEOUT_NOW -> !mayLead(message);
            case APPEND_REPLY, HEARTBEAT_REPLY, VOTE_REPLY, PRE_VOTE_REPLY -> false;
            case READ_REPLY, FORWARD_REPLY -> false;
            default -> true;
        };
    }

    /**
     * Whether a removed member may be the leader that it says to be. Not where this one leads, and
     * not in a later term than that of the only voter, who would have had to vote for it: then
     * another group goes by the name of this one, of which this member was taken out by force.
     */
    private boolean mayLead(final RaftMessage message) {
        final boolean isLater = message.term() > state.term();
        return message.term() >= state.term()
                && !(state.isLeader() && !isLater)
                && !(state.tracker.isSelfQuorum() && isLater);
    }

    /** Proposals and reads count in any term. */
    private static boolean isTermless(final MessageType type) {
        return switch (type) {
            case FORWARD, FORWARD_REPLY, READ_INDEX, READ_REPLY, TRANSFER -> true;
            default -> false;
        };
    }

    /**
     * @return false when the message is not to be looked at any further.
     */
    private boolean meetHigherTerm(final RaftMessage message, final MessageType type) {
        final boolean isVote = type == MessageType.VOTE || type == MessageType.PRE_VOTE;
        if (isVote && state.election.isStickyAgainst(message)) {
            return false;
        }
        if (!isVote && !state.keeps(Rule.HIGHER_TERM_DEPOSES)) {
            return false;
        }
        final boolean isOfFuture =
                type == MessageType.PRE_VOTE
                        || type == MessageType.PRE_VOTE_REPLY && !message.isReject();
        if (!isOfFuture || !state.keeps(Rule.PRE_VOTE_CHANGES_NOTHING)) {
            state.becomeFollower(message.term(), 0);
        }
        return true;
    }

    private void meetLowerTerm(final RaftMessage message, final MessageType type) {
        switch (type) {
            case APPEND, HEARTBEAT, SNAPSHOT -> state.appends.answerLowerTerm(message);
            case PRE_VOTE -> state.election.rejectPreVote(message);
            default -> {
                // Nobody waits for an answer in a term that has passed.
            }
        }
    }

    private void routeFromLeader(final RaftMessage message, final MessageType type) {
        state.followLeader(message);
        switch (type) {
            case APPEND -> state.appends.onAppend(message);
            case HEARTBEAT -> state.appends.onHeartbeat(message);
            default -> state.appends.onSnapshot(message);
        }
    }

    private void routeToLeader(final RaftMessage message, final MessageType type) {
        if (!state.isLeader()) {
            return;
        }
        if (type == MessageType.APPEND_REPLY) {
            state.replication.onAppendReply(message);
        } else {
            state.replication.onHeartbeatReply(message);
        }
    }

    private void routeRequest(final RaftMessage message, final MessageType type) {
        switch (type) {
            case FORWARD -> onForward(message);
            case FORWARD_REPLY -> state.forwarding.onReply(message);
            case READ_INDEX -> state.reads.onRequest(message);
            case READ_REPLY -> state.reads.onReply(message);
            case TRANSFER -> {
                if (state.isLeader()) {
                    state.transfer.begin(message.context());
                }
            }
            default -> state.dropped++;
        }
    }

    private void onForward(final RaftMessage message) {
        if (!state.forwarding.isFirst(message)) {
            return;
        }
        final long result = state.isLeader() ? propose(message) : ProposalResult.NO_LEADER;
        if (result < 0) {
            state.forwarding.refuse(message, ProposalResult.toldReason(result));
        }
    }

    private long propose(final RaftMessage message) {
        final DirectBuffer buffer = message.buffer();
        final int length = message.bodyLength();
        if (message.kind() == EntryKind.COMMAND) {
            return proposeCommand(buffer, RaftMessage.HEADER_LENGTH, length);
        }
        if (message.kind() == EntryKind.CONF_CHANGE
                && ConfChange.isWellFormed(buffer, RaftMessage.HEADER_LENGTH, length)) {
            return proposeConfChange(ConfChange.decode(buffer, RaftMessage.HEADER_LENGTH));
        }
        return ProposalResult.CONF_CHANGE_INVALID;
    }

    /** Appends a command at the leader unless a rule forbids it. */
    long proposeCommand(final DirectBuffer body, final int offset, final int length) {
        final int reason = state.config.admission().check(body, offset, length);
        if (reason != 0 && state.keeps(Rule.COMMANDS_ARE_ADMITTED)) {
            return ProposalResult.notAdmitted(reason);
        }
        if (isHandingOver()) {
            return ProposalResult.REFUSED_TRANSFER;
        }
        if (!state.replication.hasRoomFor(length)) {
            return ProposalResult.TOO_MUCH_UNCOMMITTED;
        }
        state.config.leaderStamp().stamp(body, offset, length);
        return state.replication.append(EntryKind.COMMAND, body, offset, length);
    }

    /** As {@link #proposeCommand}. */
    long proposeConfChange(final ConfChange change) {
        final int reason = state.config.admission().check(change);
        if (reason != 0 && state.keeps(Rule.COMMANDS_ARE_ADMITTED)) {
            return ProposalResult.notAdmitted(reason);
        }
        return isHandingOver() ? ProposalResult.REFUSED_TRANSFER : state.membership.propose(change);
    }

    private boolean isHandingOver() {
        return state.transfer.isUnderWay() && state.keeps(Rule.TRANSFER_STOPS_PROPOSALS)
                || state.membership.isLeaving();
    }
}
