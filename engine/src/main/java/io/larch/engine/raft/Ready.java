package io.larch.engine.raft;

/**
 * What a {@link RaftCore} wants done. One object, refilled by {@link RaftCore#ready} and valid
 * until {@link RaftCore#advance}. All methods run on the engine thread.
 *
 * <p>Nothing here waits for the disk any more: messages that promise something durable are held
 * back by the core and appear here once {@link RaftCore#persisted} covered them.
 */
public final class Ready {
    private final Outbox outbox;

    long firstCommitted;
    long lastCommitted;
    boolean roleChanged;
    boolean steppedDown;
    RaftRole role = RaftRole.FOLLOWER;
    long term;
    long leaderId;
    boolean removed;
    long installIndex;
    long installTerm;
    long installFrom;
    ReadIndexQueue reads;

    Ready(final Outbox outbox) {
        this.outbox = outbox;
    }

    /** Receives messages to send. */
    @FunctionalInterface
    public interface MessageHandler {
        /**
         * @param message valid during the call only. One that could not be sent now may be lost; if
         *     it was an APPEND or a SNAPSHOT tell {@link RaftCore#notSent} afterwards.
         */
        void onMessage(RaftMessage message);
    }

    /** Receives reads that are answered. */
    @FunctionalInterface
    public interface ReadHandler {
        /**
         * @param readIndex what the read is linearizable at; already applied here. -1: the read is
         *     lost with its leader and may be asked again.
         */
        void onRead(long requestId, long readIndex);
    }

    /**
     * Passes the messages to send now, in order.
     *
     * @return how many.
     */
    public int forEachMessage(final MessageHandler handler) {
        return outbox.forEach(handler);
    }

    /** First entry to apply; meaningful only if not above {@link #lastCommitted}. */
    public long firstCommitted() {
        return firstCommitted;
    }

    /** Last entry that is committed and durable here; below {@link #firstCommitted} when none. */
    public long lastCommitted() {
        return lastCommitted;
    }

    /**
     * Passes the reads that may be answered now.
     *
     * @return how many.
     */
    public int forEachRead(final ReadHandler handler) {
        return reads.drainAnswered(handler);
    }

    /** Whether role, term or leader changed since the last advance. */
    public boolean roleChanged() {
        return roleChanged;
    }

    /**
     * Whether this member was a leader and lost it since the last advance: the outcome of what it
     * proposed and has not applied is unknown.
     */
    public boolean steppedDown() {
        return steppedDown;
    }

    public RaftRole role() {
        return role;
    }

    public long term() {
        return term;
    }

    /** 0 = unknown. */
    public long leaderId() {
        return leaderId;
    }

    /** Whether a member of the group told that this one was removed. */
    public boolean removed() {
        return removed;
    }

    /**
     * Whether a snapshot that was stepped in is to be installed: load the state, then call {@link
     * RaftCore#snapshotInstalled}.
     */
    public boolean hasSnapshot() {
        return installIndex > 0;
    }

    public long snapshotIndex() {
        return installIndex;
    }

    public long snapshotTerm() {
        return installTerm;
    }

    /** The leader it came from. */
    public long snapshotFrom() {
        return installFrom;
    }
}
