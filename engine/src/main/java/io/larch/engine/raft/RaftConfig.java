package io.larch.engine.raft;

/**
 * Settings of a {@link RaftCore}. Set once, {@link #conclude} checks them, then only read.
 *
 * <p>Times are ticks; the core knows no other clock.
 */
public final class RaftConfig {
    private long id;
    private long clusterId;
    private long incarnation = 1;
    private long seed;
    private int electionTicks = 100;
    private int heartbeatTicks = 10;
    private boolean electionTimer = true;
    private int fixedTimeoutTicks;
    private boolean preVote = true;
    private boolean checkQuorum = true;
    private boolean leaseReads;
    private boolean autoPromote = true;
    private int maxInflightMessages = 512;
    private long maxInflightBytes = 16L << 20;
    private long maxAppendBytes = 1L << 20;
    private int maxAppendEntries = Integer.MAX_VALUE;
    private long maxUncommittedBytes = 64L << 20;
    private int maxEntryBytes = 3 << 19;
    private int maxPendingReads = 1 << 16;
    private int maxVoters = 9;
    private LeaderStamp leaderStamp = LeaderStamp.NONE;
    private Admission admission = Admission.ALL;

    /** This member; not 0. */
    public RaftConfig id(final long value) {
        id = value;
        return this;
    }

    /** Messages of another cluster are dropped. */
    public RaftConfig clusterId(final long value) {
        clusterId = value;
        return this;
    }

    /**
     * Which life of this member it is; greater than in every life before, never 0. Answers that
     * were meant for an earlier life are dropped.
     */
    public RaftConfig incarnation(final long value) {
        incarnation = value;
        return this;
    }

    /** What a leader writes into commands as it appends them. */
    public RaftConfig leaderStamp(final LeaderStamp value) {
        leaderStamp = value;
        return this;
    }

    /** What decides which commands a leader appends. */
    public RaftConfig admission(final Admission value) {
        admission = value;
        return this;
    }

    /** Where the random election timeouts come from; different for each member. */
    public RaftConfig seed(final long value) {
        seed = value;
        return this;
    }

    /**
     * Shortest election timeout; the timeout is drawn from [electionTicks, 2 * electionTicks), the
     * shorter ones more often.
     */
    public RaftConfig electionTicks(final int value) {
        electionTicks = value;
        return this;
    }

    /** Between two heartbeats of a leader; less than {@link #electionTicks}. */
    public RaftConfig heartbeatTicks(final int value) {
        heartbeatTicks = value;
        return this;
    }

    /** Whether a member campaigns when its timeout passes; only tests switch it off. */
    public RaftConfig electionTimer(final boolean value) {
        electionTimer = value;
        return this;
    }

    /** An election timeout that is not drawn; 0 = drawn. Only tests fix it. */
    public RaftConfig fixedTimeoutTicks(final int value) {
        fixedTimeoutTicks = value;
        return this;
    }

    /** Ask before raising the term. Always on in production. */
    public RaftConfig preVote(final boolean value) {
        preVote = value;
        return this;
    }

    /** A leader that hears no quorum steps down; members that hear a leader do not vote. */
    public RaftConfig checkQuorum(final boolean value) {
        checkQuorum = value;
        return this;
    }

    /** Answer reads by lease instead of a round of heartbeats; needs {@link #checkQuorum}. */
    public RaftConfig leaseReads(final boolean value) {
        leaseReads = value;
        return this;
    }

    /** Whether a leader proposes learners as voters once they have caught up. */
    public RaftConfig autoPromote(final boolean value) {
        autoPromote = value;
        return this;
    }

    /** Append messages that one follower may not have answered yet. */
    public RaftConfig maxInflightMessages(final int value) {
        maxInflightMessages = value;
        return this;
    }

    /** Bytes of entries that one follower may not have answered yet. */
    public RaftConfig maxInflightBytes(final long value) {
        maxInflightBytes = value;
        return this;
    }

    /** Bytes of bodies in one append message; one entry is always sent. */
    public RaftConfig maxAppendBytes(final long value) {
        maxAppendBytes = value;
        return this;
    }

    /** Entries in one append message. */
    public RaftConfig maxAppendEntries(final int value) {
        maxAppendEntries = value;
        return this;
    }

    /** Bytes of entries that wait for their quorum at the leader; 0 = no bound. */
    public RaftConfig maxUncommittedBytes(final long value) {
        maxUncommittedBytes = value;
        return this;
    }

    /** Bytes of one entry's body. */
    public RaftConfig maxEntryBytes(final int value) {
        maxEntryBytes = value;
        return this;
    }

    /** Reads that wait for their round or their index. */
    public RaftConfig maxPendingReads(final int value) {
        maxPendingReads = value;
        return this;
    }

    /** Voters a change of the membership may lead to. */
    public RaftConfig maxVoters(final int value) {
        maxVoters = value;
        return this;
    }

    LeaderStamp leaderStamp() {
        return leaderStamp;
    }

    Admission admission() {
        return admission;
    }

    public long id() {
        return id;
    }

    public long clusterId() {
        return clusterId;
    }

    public long incarnation() {
        return incarnation;
    }

    public long seed() {
        return seed;
    }

    public int electionTicks() {
        return electionTicks;
    }

    public int heartbeatTicks() {
        return heartbeatTicks;
    }

    public boolean electionTimer() {
        return electionTimer;
    }

    public int fixedTimeoutTicks() {
        return fixedTimeoutTicks;
    }

    public boolean preVote() {
        return preVote;
    }

    public boolean checkQuorum() {
        return checkQuorum;
    }

    public boolean leaseReads() {
        return leaseReads;
    }

    public boolean autoPromote() {
        return autoPromote;
    }

    public int maxInflightMessages() {
        return maxInflightMessages;
    }

    public long maxInflightBytes() {
        return maxInflightBytes;
    }

    public long maxAppendBytes() {
        return maxAppendBytes;
    }

    public int maxAppendEntries() {
        return maxAppendEntries;
    }

    public long maxUncommittedBytes() {
        return maxUncommittedBytes;
    }

    public int maxEntryBytes() {
        return maxEntryBytes;
    }

    public int maxPendingReads() {
        return maxPendingReads;
    }

    public int maxVoters() {
        return maxVoters;
    }

    RaftConfig conclude() {
        check(id != 0, "member id must not be 0");
        check(incarnation != 0, "incarnation must not be 0");
        check(heartbeatTicks > 0, "heartbeat interval must be at least one tick");
        check(
                electionTicks > heartbeatTicks,
                "election timeout must be longer than the heartbeat interval: " + electionTicks);
        check(!leaseReads || checkQuorum, "lease reads need check-quorum");
        check(maxInflightMessages > 0, "maxInflightMessages must be greater than 0");
        check(maxInflightBytes > 0, "maxInflightBytes must be greater than 0");
        check(maxAppendBytes > 0, "maxAppendBytes must be greater than 0");
        check(maxAppendEntries > 0, "maxAppendEntries must be greater than 0");
        check(maxUncommittedBytes >= 0, "maxUncommittedBytes must not be negative");
        return this;
    }

    private static void check(final boolean holds, final String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
