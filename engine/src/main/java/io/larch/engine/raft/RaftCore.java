package io.larch.engine.raft;

import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

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
    private final RaftState state;
    private final RaftLog log;
    private final MessageRouter router;

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
        this(config, log, hardState, conf, appliedIndex, Set.of());
    }

    /** For tests of the tests. */
    RaftCore(
            final RaftConfig config,
            final LogStorage log,
            final HardState hardState,
            final ConfState conf,
            final long appliedIndex,
            final Set<Rule> brokenRules) {
        state = new RaftState(config.conclude(), log, hardState, conf, appliedIndex, brokenRules);
        this.log = state.log;
        router = new MessageRouter(state);
    }

    /** Advances the core's clock by one tick. */
    public void tick() {
        tick(1);
    }

    /**
     * Advances the clock after a gap: the lease ends if the gap is long, and less than an election
     * timeout counts. Step the waiting messages first.
     */
    public void tick(final long elapsedTicks) {
        if (elapsedTicks > state.config.electionTicks()) {
            state.now++;
            state.reads.voidLease();
        }
        for (long i = countedTicks(elapsedTicks); i > 0; i--) {
            tickOnce();
        }
    }

    /** No less than a lease lasts, and less than it takes to lose patience. */
    private long countedTicks(final long elapsedTicks) {
        if (!state.keeps(Rule.CLOCK_GAP_ENDS_LEASE)) {
            return 1;
        }
        return state.keeps(Rule.CLOCK_GAP_IS_BOUNDED)
                ? Math.min(elapsedTicks, state.config.electionTicks() - 1)
                : elapsedTicks;
    }

    private void tickOnce() {
        state.now++;
        state.election.tick();
        if (state.isLeader()) {
            state.replication.tick();
            state.transfer.tick();
            state.membership.maintain();
        } else {
            state.reads.tick();
        }
    }

    /** Campaigns now. The only voter becomes leader at once. */
    public void campaign() {
        state.election.campaign(false);
    }

    /**
     * Tells all others what is committed, unasked: for a member that was removed and may be the
     * only one that knows. Who knows it too answers that this one was removed.
     */
    public void tellCommit() {
        state.election.tellCommit();
    }

    /** Takes a message in. Its bytes must be well-formed; it is valid during the call only. */
    public void step(final RaftMessage message) {
        router.route(message);
    }

    /**
     * Proposes a command.
     *
     * @return the Raft index of the entry, appended here by the leader; or a {@link
     *     ProposalResult}.
     */
    public long propose(final DirectBuffer body, final int offset, final int length) {
        if (length > state.config.maxEntryBytes() && state.keeps(Rule.ENTRY_LENGTH_IS_BOUNDED)) {
            return ProposalResult.TOO_LARGE;
        }
        if (!state.isLeader()) {
            return state.forwarding.forward(EntryKind.COMMAND, body, offset, length);
        }
        return router.proposeCommand(body, offset, length);
    }

    /**
     * Proposes a change of the membership.
     *
     * @return as {@link #propose}.
     */
    public long proposeConfChange(final ConfChange change) {
        if (!state.isLeader()) {
            final int length = change.encodedLength();
            final UnsafeBuffer body = new UnsafeBuffer(new byte[length]);
            change.encode(body, 0);
            return state.forwarding.forward(EntryKind.CONF_CHANGE, body, 0, length);
        }
        return router.proposeConfChange(change);
    }

    /**
     * Asks for a linearizable read; the answer comes with {@link Ready#forEachRead}.
     *
     * @return {@link ProposalResult#ACCEPTED} or why not.
     */
    public int readIndex(final long requestId) {
        return state.reads.ask(requestId, false);
    }

    /**
     * Asks for the proof that a quorum follows the leader now, as {@link #readIndex} does; but the
     * answer does not wait until anything is applied here.
     *
     * @return as {@link #readIndex}.
     */
    public int proveQuorum(final long requestId) {
        return state.reads.ask(requestId, true);
    }

    /**
     * Hands leadership to another voter; asks the leader to, when this is not it.
     *
     * @return {@link ProposalResult#ACCEPTED}, {@link ProposalResult#FORWARDED} or why not.
     */
    public int transferLeadership(final long target) {
        if (state.isLeader()) {
            return state.transfer.begin(target);
        }
        if (state.leaderId == 0) {
            return ProposalResult.NO_LEADER;
        }
        state.outbox
                .begin(MessageType.TRANSFER, state.leaderId, state.term())
                .context(target)
                .send();
        return ProposalResult.FORWARDED;
    }

    /** The log's stream is durable up to this position. */
    public void persisted(final long position) {
        log.persisted(position);
        state.outbox.persisted(position, state.term());
        if (state.isLeader()) {
            state.replication.countCommitted();
        }
    }

    /** Whether {@link #ready} has anything. */
    public boolean hasReady() {
        return !state.outbox.isEmpty()
                || state.replication.isDirty()
                || lastToApply() > log.appliedIndex()
                || state.reads.isDue()
                || state.forwarding.hasRefused()
                || state.ready.hasNews();
    }

    /** Only what is durable here is applied. */
    private long lastToApply() {
        return state.keeps(Rule.ONLY_DURABLE_IS_APPLIED)
                ? Math.min(log.commitIndex(), log.durableIndex())
                : log.commitIndex();
    }

    /** What is to be done now; builds the appends that are due. */
    public Ready ready() {
        if (state.isLeader()) {
            state.reads.startRound();
            state.replication.flush();
        }
        state.ready.noteCommitted(log.appliedIndex() + 1, lastToApply());
        return state.ready;
    }

    /** What {@link #ready} returned is taken care of. */
    public void advance() {
        state.ready.clear();
    }

    /** The state machine holds all entries up to and with this index. */
    public void applied(final long index) {
        log.appliedTo(index);
        state.membership.maintain();
    }

    /**
     * A change of the membership is being applied; call before {@link #applied} of its index.
     *
     * @return the new membership; the old one when the change makes no sense for it.
     */
    public ConfState applyConfChange(final ConfChange change) {
        return state.membership.apply(change);
    }

    /**
     * A snapshot that {@link Ready#hasSnapshot} announced is loaded and durable: the log is reset
     * to it.
     */
    public void snapshotInstalled(final long index, final long term, final ConfState conf) {
        state.appends.installed(index, term, conf);
    }

    /** A peer cannot be reached now. */
    public void unreachable(final long peer) {
        state.replication.unreachable(peer);
    }

    /** A message of {@link Ready#forEachMessage} could not be sent now. */
    public void notSent(final RaftMessage message) {
        state.replication.notSent(message);
    }

    /** A snapshot is under way to a peer and goes forward. */
    public void snapshotProgress(final long peer) {
        state.replication.snapshotProgress(peer);
    }

    /** A snapshot was given up. */
    public void snapshotFailed(final long peer) {
        state.replication.snapshotFailed(peer);
    }

    /** An id that was removed from the group earlier, known from a snapshot. */
    public void markRemoved(final long id) {
        state.membership.markRemoved(id);
    }

    public long id() {
        return state.id();
    }

    public RaftRole role() {
        return state.role;
    }

    public boolean isLeader() {
        return role() == RaftRole.LEADER;
    }

    public long term() {
        return state.term();
    }

    /** Who got this member's vote in the term; 0 = nobody. */
    public long votedFor() {
        return log.votedFor();
    }

    /** 0 = unknown. */
    public long leaderId() {
        return state.leaderId;
    }

    public long commitIndex() {
        return log.commitIndex();
    }

    public long appliedIndex() {
        return log.appliedIndex();
    }

    public long lastIndex() {
        return log.lastIndex();
    }

    /** What is durable here of the log. */
    public long durableIndex() {
        return log.durableIndex();
    }

    /** The membership as applied. */
    public ConfState conf() {
        return state.tracker.conf();
    }

    /** Whether this leader would refuse a change of the membership as one may be under way. */
    public boolean isConfChangePending() {
        return state.membership.isPending() || conf().isJoint();
    }

    /** Sequence of the last proposal that was {@link ProposalResult#FORWARDED}. */
    public long forwardSequence() {
        return state.forwarding.sequence();
    }

    /**
     * The highest index that may be compacted without costing an active follower a snapshot; the
     * applied index at most.
     */
    public long compactableIndex() {
        return state.isLeader() && state.keeps(Rule.ACTIVE_FOLLOWERS_KEEP_LOG)
                ? Math.min(log.appliedIndex(), state.replication.lowestActiveMatch())
                : log.appliedIndex();
    }

    /** How many peers a leader follows; 0 elsewhere. */
    public int peerCount() {
        return state.isLeader() ? state.tracker.peers().length : 0;
    }

    /** A peer in the order of ids; valid until the membership changes. */
    public Progress peer(final int i) {
        return state.tracker.peers()[i];
    }

    /** Messages dropped because they were not meant for this cluster, member or life of it. */
    public long strayMessages() {
        return state.dropped;
    }

    /**
     * Whether this leader was removed and leads only until the others can take over; then it
     * becomes a follower.
     */
    public boolean isLeaving() {
        return state.membership.isLeaving();
    }

    /** Whether leadership is being handed over. */
    public boolean isTransferring() {
        return state.transfer.isUnderWay();
    }

    /** Name, within this life of the member, of the read that was asked last. */
    long lastReadTicket() {
        return state.reads.lastTicket();
    }
}
