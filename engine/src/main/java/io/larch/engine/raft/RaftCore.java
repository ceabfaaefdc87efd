package io.larch.engine.raft;

import org.agrona.DirectBuffer;

/**
 * Consensus of one member. Pure: told the time by {@link #tick()}, told of durability by {@link
 * #persisted}, never asks for either; the same calls in the same order give the same output.
 *
 * <p>Owned by the engine thread. In a turn of the loop: ticks, messages, proposals and reads in any
 * order; {@link #persisted} when the log's durable position moved; then, if {@link #hasReady}, what
 * {@link #ready} asks for, and {@link #advance}. Entries are appended to the {@link LogStorage}
 * within these calls; the owner syncs it.
 */
public final class RaftCore {
    private final Ready ready = new Ready(new Outbox());

    /**
     * @param log what was recovered; all of it is durable.
     * @param conf the membership as of {@code appliedIndex}.
     * @param appliedIndex what the state machine holds: the index of the loaded snapshot, or 0.
     */
    public RaftCore(
            final RaftConfig config,
            final LogStorage log,
            final HardState hardState,
            final ConfState conf,
            final long appliedIndex) {
        config.conclude();
    }

    /** Advances the core's clock by one tick. */
    public void tick() {}

    /**
     * Advances the clock after a gap: the lease ends if the gap is long, and at most one election
     * timeout counts. Step the waiting messages first.
     */
    public void tick(final long elapsedTicks) {}

    /** Campaigns now. The only voter becomes leader at once. */
    public void campaign() {}

    /** Takes a message in. Its bytes must be well-formed; it is valid during the call only. */
    public void step(final RaftMessage message) {}

    /**
     * Proposes a command.
     *
     * @return the Raft index of the entry, appended here by the leader; or a {@link
     *     ProposalResult}.
     */
    public long propose(final DirectBuffer body, final int offset, final int length) {
        return ProposalResult.NO_LEADER;
    }

    /**
     * Proposes a change of the membership.
     *
     * @return as {@link #propose}.
     */
    public long proposeConfChange(final ConfChange change) {
        return ProposalResult.NO_LEADER;
    }

    /**
     * Asks for a linearizable read; the answer comes with {@link Ready#forEachRead}.
     *
     * @return {@link ProposalResult#ACCEPTED} or why not.
     */
    public int readIndex(final long requestId) {
        return ProposalResult.NO_LEADER;
    }

    /**
     * Hands leadership to another voter; asks the leader to, when this is not it.
     *
     * @return {@link ProposalResult#ACCEPTED}, {@link ProposalResult#FORWARDED} or why not.
     */
    public int transferLeadership(final long target) {
        return ProposalResult.NO_LEADER;
    }

    /** The log's stream is durable up to this position. */
    public void persisted(final long position) {}

    /** Whether {@link #ready} has anything. */
    public boolean hasReady() {
        return false;
    }

    /** What is to be done now; builds the appends that are due. */
    public Ready ready() {
        return ready;
    }

    /** What {@link #ready} returned is taken care of. */
    public void advance() {}

    /** The state machine holds all entries up to and with this index. */
    public void applied(final long index) {}

    /**
     * A change of the membership is being applied; call before {@link #applied} of its index.
     *
     * @return the new membership; the old one when the change makes no sense for it.
     */
    public ConfState applyConfChange(final ConfChange change) {
        return ConfState.EMPTY;
    }

    /**
     * A snapshot that {@link Ready#hasSnapshot} announced is loaded and durable: the log is reset
     * to it.
     */
    public void snapshotInstalled(final long index, final long term, final ConfState conf) {}

    /** A peer cannot be reached now. */
    public void unreachable(final long peer) {}

    /** A message of {@link Ready#forEachMessage} could not be sent now. */
    public void notSent(final RaftMessage message) {}

    /** A snapshot is under way to a peer and goes forward. */
    public void snapshotProgress(final long peer) {}

    /** A snapshot was given up. */
    public void snapshotFailed(final long peer) {}

    /** An id that was removed from the group earlier, known from a snapshot. */
    public void markRemoved(final long id) {}

    public long id() {
        return 0;
    }

    public RaftRole role() {
        return RaftRole.FOLLOWER;
    }

    public boolean isLeader() {
        return role() == RaftRole.LEADER;
    }

    public long term() {
        return 0;
    }

    /** Who got this member's vote in the term; 0 = nobody. */
    public long votedFor() {
        return 0;
    }

    /** 0 = unknown. */
    public long leaderId() {
        return 0;
    }

    public long commitIndex() {
        return 0;
    }

    public long appliedIndex() {
        return 0;
    }

    public long lastIndex() {
        return 0;
    }

    /** What is durable here of the log. */
    public long durableIndex() {
        return 0;
    }

    /** The membership as applied. */
    public ConfState conf() {
        return ConfState.EMPTY;
    }

    /** Whether this leader would refuse a change of the membership as one may be under way. */
    public boolean isConfChangePending() {
        return false;
    }

    /** Sequence of the last proposal that was {@link ProposalResult#FORWARDED}. */
    public long forwardSequence() {
        return 0;
    }

    /**
     * The highest index that may be compacted without costing an active follower a snapshot; the
     * applied index at most.
     */
    public long compactableIndex() {
        return 0;
    }

    /** How many peers a leader follows; 0 elsewhere. */
    public int peerCount() {
        return 0;
    }

    /** A peer in the order of ids; valid until the membership changes. */
    public Progress peer(final int i) {
        throw new IndexOutOfBoundsException(i);
    }
}
