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
    private final ReadIndex reads;
    private final Forwarding forwarding;
    private long firstCommitted;
    private long lastCommitted;
    private boolean roleChanged;
    private boolean steppedDown;
    private RaftRole role = RaftRole.FOLLOWER;
    private long term;
    private long leaderId;
    private boolean removed;
    private boolean hasSnapshot;
    private long snapshotIndex;
    private long snapshotTerm;
    private long snapshotFrom;

    Ready(final Outbox outbox, final ReadIndex reads, final Forwarding forwarding) {
        this.outbox = outbox;
        this.reads = reads;
        this.forwarding = forwarding;
    }

    void noteRole(final RaftState state) {
        if (role != state.role || term != state.term() || leaderId != state.leaderId) {
            roleChanged = true;
            role = state.role;
            term = state.term();
            leaderId = state.leaderId;
        }
    }

    void noteStepDown() {
        steppedDown = true;
    }

    void noteRemoved() {
        removed = true;
    }

    void noteSnapshot(final RaftMessage snapshot) {
        hasSnapshot = true;
        snapshotIndex = snapshot.index();
        snapshotTerm = snapshot.logTerm();
        snapshotFrom = snapshot.from();
    }

    void noteCommitted(final long first, final long last) {
        firstCommitted = first;
        lastCommitted = last;
    }

    boolean hasNews() {
        return roleChanged || steppedDown || removed || hasSnapshot;
    }

    void clear() {
        roleChanged = false;
        steppedDown = false;
        removed = false;
        hasSnapshot = false;
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
         * @param readIndex what the read is linearizable at; already applied here, unless a proof
         *     was asked for. -1: the read is lost with its leader and may be asked again.
         */
        void onRead(long requestId, long readIndex);
    }

    /** Receives forwarded proposals that the leader refused. */
    @FunctionalInterface
    public interface RefusalHandler {
        /**
         * @param sequence {@link RaftCore#forwardSequence} right after the proposal; it is
         *     certainly in nobody's log.
         * @param reason of the leader's {@link Admission}; 0: it may be taken another time.
         */
        void onRefused(long sequence, int reason);
    }

    /**
     * Passes the messages to send now, in order, and forgets them.
     *
     * @return how many.
     */
    public int forEachMessage(final MessageHandler handler) {
        return outbox.drain(handler);
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
     * Passes the reads that may be answered now, and forgets them.
     *
     * @return how many.
     */
    public int forEachRead(final ReadHandler handler) {
        return reads.drain(handler);
    }

    /**
     * Passes the forwarded proposals that were refused, and forgets them.
     *
     * @return how many.
     */
    public int forEachRefusal(final RefusalHandler handler) {
        return forwarding.drainRefused(handler);
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
        return hasSnapshot;
    }

    public long snapshotIndex() {
        return snapshotIndex;
    }

    public long snapshotTerm() {
        return snapshotTerm;
    }

    /** The leader it came from. */
    public long snapshotFrom() {
        return snapshotFrom;
    }
}
