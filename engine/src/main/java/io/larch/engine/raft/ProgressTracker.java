package io.larch.engine.raft;

/** The members of the group in the order of their ids, and what a quorum of them has reached. */
final class ProgressTracker {
    private static final Progress[] NONE = new Progress[0];

    private final RaftState state;
    private Progress[] members = NONE;
    private Progress[] peers = NONE;
    private Progress self;
    private ConfState conf = ConfState.EMPTY;
    private long[] incoming = new long[0];
    private long[] outgoing = new long[0];

    ProgressTracker(final RaftState state) {
        this.state = state;
    }

    /** A number of a member that a quorum may agree on. */
    @FunctionalInterface
    interface Field {
        long of(Progress member);
    }

    ConfState conf() {
        return conf;
    }

    /** All but this member, ascending. */
    Progress[] peers() {
        return peers;
    }

    /** This member; null when it does not belong to the group. */
    Progress self() {
        return self;
    }

    /** Null of a stranger. */
    Progress get(final long id) {
        for (final Progress member : members) {
            if (member.id() == id) {
                return member;
            }
        }
        return null;
    }

    /** Whether this member counts in a quorum. */
    boolean isSelfVoter() {
        return self != null && self.isVoter();
    }

    /** Whether this member alone is a quorum. */
    boolean isSelfQuorum() {
        return incoming.length == 1 && outgoing.length == 0 && isSelfVoter();
    }

    /**
     * Changes the membership. What is known of members that stay is kept.
     *
     * @param lastIndex new members are believed to hold all up to here until they tell.
     */
    void change(final ConfState newConf, final long lastIndex) {
        final long[] voters = newConf.voters();
        final long[] old = newConf.votersOutgoing();
        final long[] ids = newConf.members();
        final Progress[] changed = new Progress[ids.length];
        for (int i = 0; i < ids.length; i++) {
            changed[i] = keptOrNew(ids[i], lastIndex);
        }
        members = changed;
        conf = newConf;
        incoming = new long[voters.length];
        outgoing = new long[old.length];
        for (final Progress member : members) {
            member.isIncoming = contains(voters, member.id());
            member.isOutgoing = contains(old, member.id());
        }
        self = get(state.id());
        peers = withoutSelf();
    }

    private Progress keptOrNew(final long id, final long lastIndex) {
        final Progress known = get(id);
        if (known != null) {
            return known;
        }
        final Progress added = new Progress(id, state.config);
        added.reset(lastIndex);
        added.startRound(lastIndex, state.now);
        // A grace: a check of the quorum right after the change must not find it silent.
        added.recentActive = state.keeps(Rule.NEW_MEMBER_COUNTS_AS_HEARD);
        return added;
    }

    private Progress[] withoutSelf() {
        final Progress[] others = new Progress[members.length - (self == null ? 0 : 1)];
        int count = 0;
        for (final Progress member : members) {
            if (member != self) {
                others[count++] = member;
            }
        }
        return others;
    }

    private static boolean contains(final long[] ids, final long id) {
        for (final long each : ids) {
            if (each == id) {
                return true;
            }
        }
        return false;
    }

    /** The largest value that a quorum has reached; of both halves when joint. */
    long reached(final Field field) {
        int incomingCount = 0;
        int outgoingCount = 0;
        for (final Progress member : members) {
            if (member.isIncoming) {
                incoming[incomingCount++] = field.of(member);
            }
            if (member.isOutgoing && state.keeps(Rule.BOTH_HALVES_DECIDE)) {
                outgoing[outgoingCount++] = field.of(member);
            }
        }
        if (incomingCount == 0) {
            return Long.MIN_VALUE;
        }
        return JointQuorum.reached(incoming, incomingCount, outgoing, outgoingCount);
    }

    /** Starts a new election: nobody has voted. */
    void clearVotes() {
        for (final Progress member : members) {
            member.vote = Progress.NO_VOTE;
        }
    }

    /** Takes a vote; only the first of each member counts. */
    void recordVote(final long id, final boolean granted) {
        final Progress member = get(id);
        if (member != null && member.vote == Progress.NO_VOTE) {
            member.vote = granted ? Progress.GRANTED : Progress.REJECTED;
        }
    }

    boolean isWon() {
        return reached(member -> member.vote == Progress.GRANTED ? 1 : 0) == 1;
    }

    boolean isLost() {
        return reached(member -> member.vote == Progress.REJECTED ? 0 : 1) != 1;
    }
}
