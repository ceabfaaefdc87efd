package io.larch.engine.raft;

/** What a leader knows of one follower. {@code 0 <= match < next}. */
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

    private final long id;
    private long match;
    private long next = 1;
    private State state = State.PROBE;

    Progress(final long id) {
        this.id = id;
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

    void reset(final long lastIndex) {
        match = 0;
        next = lastIndex + 1;
        state = State.PROBE;
    }
}
