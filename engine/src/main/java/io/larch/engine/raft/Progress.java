package io.larch.engine.raft;

/**
 * What is known of one member of the group; only a leader keeps it current. {@code 0 <= match <
 * next}.
 */
public final class Progress {
    /** How a follower is fed. */
    public enum State {
        /** Where its log parts from ours is unknown: one message at a time. */
        PROBE,

        /** Entries are sent ahead of the answers. */
        REPLICATE,

        /** What it needs is compacted: waiting for a snapshot to arrive. */
        SNAPSHOT
    }

    static final byte NO_VOTE = 0;
    static final byte GRANTED = 1;
    static final byte REJECTED = 2;

    private final long id;
    final Inflights inflights;

    /** Which halves of the membership it counts in. */
    boolean isIncoming;

    boolean isOutgoing;
    byte vote;

    /** Heard from since the last check of the quorum. */
    boolean recentActive;

    /** Heard from between the two checks of the quorum before. */
    private boolean wasActive;

    /** The commit index it told of last, and the one it was told of. */
    long knownCommit;

    long sentCommit;
    long ackedRound;
    long ackedTick;

    /** A message is due even without news. */
    boolean poke;

    /** Clock of the last sign of a snapshot going forward. */
    long snapshotTick;

    /** The present round of a learner's catch-up: up to where, and the clock when it began. */
    private long roundEnd;

    private long roundTick;

    /** Whether this learner was caught up when it told of its log last. */
    private boolean isCaughtUp;

    private long match;
    private long next = 1;
    private boolean probeSent;
    private State state = State.PROBE;

    Progress(final long id, final RaftConfig config) {
        this.id = id;
        inflights = new Inflights(config.maxInflightMessages(), config.maxInflightBytes());
    }

    public long id() {
        return id;
    }

    /** The last entry known to be durable there. */
    public long match() {
        return match;
    }

    /** The next entry to send. */
    public long next() {
        return next;
    }

    public State state() {
        return state;
    }

    /** Whether it was heard from within about an election timeout. */
    public boolean isActive() {
        return recentActive;
    }

    /** Whether it counts; learners do not. */
    public boolean isVoter() {
        return isIncoming || isOutgoing;
    }

    /** A new leader starts without knowledge. */
    void reset(final long lastIndex) {
        match = 0;
        next = lastIndex + 1;
        vote = NO_VOTE;
        recentActive = false;
        wasActive = false;
        knownCommit = 0;
        sentCommit = 0;
        ackedRound = 0;
        ackedTick = Long.MIN_VALUE;
        isCaughtUp = false;
        enter(State.PROBE);
        poke = true;
    }

    /** The quorum was checked: from now on it has to be heard from again. */
    void endPeriod() {
        wasActive = recentActive;
        recentActive = false;
    }

    /** A learner is to catch up with what there is now. */
    void startRound(final long lastIndex, final long now) {
        roundEnd = lastIndex;
        roundTick = now;
    }

    /**
     * A learner has told of its log. It is caught up when what there was at the beginning of a
     * round took it so little time, however much was written meanwhile (thesis 4.2.1); else the
     * next round begins.
     *
     * @param patienceTicks how long a round may last.
     */
    void followRound(final long lastIndex, final long now, final int patienceTicks) {
        if (match < roundEnd) {
            return;
        }
        isCaughtUp = match >= lastIndex || now - roundTick <= patienceTicks;
        startRound(lastIndex, now);
    }

    /** Whether this learner can be counted on: it was caught up, and is not known to lack much. */
    boolean isReadyToVote(final long lastIndex, final long now, final int patienceTicks) {
        return recentActive && isCaughtUp(lastIndex, now, patienceTicks);
    }

    /** Whether it may vote when somebody asks for that, at whatever moment of a period that is. */
    boolean isInSync(final long lastIndex, final long now, final int patienceTicks) {
        return (recentActive || wasActive) && isCaughtUp(lastIndex, now, patienceTicks);
    }

    private boolean isCaughtUp(final long lastIndex, final long now, final int patienceTicks) {
        return isCaughtUp
                && state == State.REPLICATE
                && (match >= lastIndex || now - roundTick <= patienceTicks);
    }

    /** This member's own progress at the leader: no state, only what is durable. */
    void ownMatch(final long durableIndex) {
        match = durableIndex;
        next = durableIndex + 1;
    }

    void becomeProbe() {
        next = match + 1;
        sentCommit = Math.min(sentCommit, match);
        enter(State.PROBE);
    }

    void becomeReplicate() {
        next = match + 1;
        enter(State.REPLICATE);
    }

    void becomeSnapshot(final long snapshotIndex, final long tick) {
        next = Math.max(snapshotIndex, match) + 1;
        snapshotTick = tick;
        enter(State.SNAPSHOT);
    }

    private void enter(final State newState) {
        state = newState;
        probeSent = false;
        poke = false;
        inflights.clear();
    }

    /**
     * An acknowledgement.
     *
     * @return whether it was news.
     */
    boolean acknowledged(final long index) {
        next = Math.max(next, index + 1);
        if (index <= match) {
            return false;
        }
        match = index;
        return true;
    }

    /**
     * A refusal.
     *
     * @param rejected the prevIndex that was refused.
     * @param hint where the logs may agree.
     * @return whether it was news; stale ones change nothing.
     */
    boolean rejected(final long rejected, final long hint, final boolean checkStale) {
        if (state == State.SNAPSHOT || checkStale && rejected <= match) {
            return false;
        }
        if (state == State.REPLICATE) {
            becomeProbe();
            poke = true;
            return true;
        }
        if (checkStale && rejected != next - 1) {
            return false;
        }
        next = Math.max(Math.min(rejected, hint + 1), match + 1);
        probeSent = false;
        poke = true;
        return true;
    }

    /** Whether entries may not be sent now. */
    boolean isPaused() {
        return switch (state) {
            case PROBE -> probeSent;
            case REPLICATE -> inflights.isFull();
            case SNAPSHOT -> true;
        };
    }

    void resume() {
        probeSent = false;
    }

    /** An append was sent. */
    void sent(final long lastIndex, final int entries, final long bytes) {
        poke = false;
        if (state == State.PROBE) {
            probeSent = true;
        } else if (entries > 0) {
            next = lastIndex + 1;
            inflights.add(lastIndex, bytes);
        }
    }

    /** An append with this prevIndex could not be sent. */
    void notSent(final long prevIndex) {
        if (state == State.REPLICATE && prevIndex + 1 < next && prevIndex >= match) {
            next = prevIndex + 1;
            inflights.dropAfter(prevIndex);
        }
        sentCommit = Math.min(sentCommit, match);
    }
}
