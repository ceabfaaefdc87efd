package io.larch.engine.stats;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.MessageType;
import io.larch.engine.raft.RaftMessage;
import io.larch.engine.stats.EngineCounters.Counter;
import java.util.function.LongSupplier;
import org.agrona.collections.ArrayUtil;

/**
 * What the engine's loop tells its statistics, and where their clocks are read: once a batch where
 * that will do. Owned by the engine thread; allocates nothing in steady state.
 */
public final class EngineStats {
    private final EngineCounters counters;
    private final SelfStats self;
    private final LatencyRecorder walSyncs = new LatencyRecorder();
    private final LatencyRecorder proposals = new LatencyRecorder();
    private final LeaderStats leader;
    private final StageLatency stages;
    private final ReplyTimes.Consumer onReplied;
    private final LongSupplier nanoTime;
    private final LongSupplier epochNanos;
    private final long startNanos;

    /** One for each event loop on another thread; none where the edge shares the engine's. */
    private ReplyTimes[] replyTimes = new ReplyTimes[0];

    private long firstAnswered;
    private long lastAnswered;
    private long applyStartNanos;
    private long batchNanos;
    private long batchEpochNanos;
    private long applyEpochNanos;
    private long leaderId;
    private long promotions;

    /**
     * @param counters this member's.
     */
    public EngineStats(
            final LongSupplier nanoTime,
            final LongSupplier epochNanos,
            final EngineCounters counters) {
        this.counters = counters;
        self = new SelfStats(counters);
        this.nanoTime = nanoTime;
        this.epochNanos = epochNanos;
        startNanos = nanoTime.getAsLong();
        leader = new LeaderStats(startNanos);
        stages = new StageLatency(startNanos);
        onReplied = stages::repliedElsewhere;
    }

    public SelfStats self() {
        return self;
    }

    public LeaderStats leader() {
        return leader;
    }

    public StageLatency stages() {
        return stages;
    }

    public LatencyRecorder walSyncs() {
        return walSyncs;
    }

    /** From a command's arrival at the edge until it is about to be applied. */
    public LatencyRecorder proposals() {
        return proposals;
    }

    public long leaderChanges() {
        return counters.get(Counter.LEADER_CHANGES);
    }

    public long failedProposals() {
        return counters.get(Counter.FAILED_PROPOSALS);
    }

    /** Where the engine stands at the end of a turn. */
    public void turnEnded(
            final long term,
            final long commitIndex,
            final long appliedIndex,
            final boolean isLeader,
            final long strayMessages) {
        counters.set(Counter.STRAY_MESSAGES, strayMessages);
        counters.set(Counter.TERM, term);
        counters.set(Counter.COMMIT_INDEX, commitIndex);
        counters.set(Counter.APPLIED_INDEX, appliedIndex);
        counters.set(Counter.IS_LEADER, isLeader ? 1 : 0);
    }

    // --- messages between members ---

    /**
     * A message was handed to the transport.
     *
     * @param isTaken what the transport said.
     */
    public void sent(final RaftMessage message, final boolean isTaken, final long nowNanos) {
        if (message.type() != MessageType.APPEND) {
            return;
        }
        leader.appendSent(message.to());
        if (isTaken) {
            self.appendSent(nowNanos, message.length());
        } else {
            leader.appendFailed(message.to());
        }
    }

    /** A message has arrived and is about to be stepped. */
    public void received(final RaftMessage message, final boolean isLeader, final long nowNanos) {
        final MessageType type = message.type();
        if (type == MessageType.APPEND) {
            self.appendReceived(nowNanos, message.length());
        } else if (type == MessageType.APPEND_REPLY && isLeader) {
            replied(message, nowNanos);
        }
    }

    private void replied(final RaftMessage reply, final long nowNanos) {
        final long sentNanos = reply.echoNanos();
        if (sentNanos == 0 || sentNanos < startNanos || sentNanos > nowNanos) {
            // It answers a snapshot, or an earlier life of this member.
            return;
        }
        if (reply.isReject()) {
            leader.appendFailed(reply.from());
        } else {
            leader.acknowledged(reply.from(), nowNanos - sentNanos);
        }
    }

    public void unreachable(final long peerId) {
        leader.unreachable(peerId);
    }

    /** Role, term or leader changed: what was proposed here may be answered elsewhere or never. */
    public void roleChanged(final long newLeaderId, final boolean isLeader) {
        if (newLeaderId != 0 && newLeaderId != leaderId) {
            leaderId = newLeaderId;
            counters.increment(Counter.LEADER_CHANGES);
        }
        if (!isLeader) {
            stages.forget();
        }
    }

    /**
     * Who is removed is no longer shown.
     *
     * @param isLeader whether this member leads.
     */
    public void membershipChanged(final ConfChange change, final boolean isLeader) {
        for (final ConfChange.Step step : change.steps()) {
            if (step.op() == ConfChange.Op.REMOVE) {
                leader.forget(step.id());
            } else if (step.op() == ConfChange.Op.PROMOTE && isLeader) {
                promotions++;
            }
        }
    }

    /** How many learners were promoted while this member led. */
    public long promotions() {
        return promotions;
    }

    // --- the way of a write ---

    /** A client's write is about to be proposed. */
    public void arrived() {
        if (!stages.isProposing()) {
            batchNanos = nanoTime.getAsLong();
            batchEpochNanos = epochNanos.getAsLong();
        }
    }

    /**
     * A client's write, which {@link #arrived}, got its place in the log here.
     *
     * @param edgeEpochNanos when the edge took it, by this member's wall clock.
     */
    public void proposed(
            final CommandEnvelope command, final long edgeEpochNanos, final long raftIndex) {
        stages.taken(command.edgeNanos(), batchEpochNanos - edgeEpochNanos);
        stages.proposed(raftIndex, batchNanos);
    }

    /** A client's write, which {@link #arrived}, was sent on to the leader. */
    public void forwarded(final CommandEnvelope command, final long edgeEpochNanos) {
        stages.taken(command.edgeNanos(), batchEpochNanos - edgeEpochNanos);
    }

    /** Raft could not take a client's write, or did not finish it. */
    public void failed() {
        counters.increment(Counter.FAILED_PROPOSALS);
    }

    /** What was proposed is in the log; its sync comes next. */
    public void syncing() {
        if (stages.isProposing()) {
            stages.appended(nanoTime.getAsLong());
        }
    }

    /** This member's disk has the log up to an entry. */
    public void synced(final long durableIndex) {
        if (stages.isSyncing()) {
            stages.durable(durableIndex, nanoTime.getAsLong());
        }
    }

    /**
     * The edge's event loop is another thread's: it tells when answers are with their sockets.
     * Called before the engine's thread starts.
     */
    public ReplyTimes repliesElsewhere() {
        final ReplyTimes times = new ReplyTimes();
        replyTimes = ArrayUtil.add(replyTimes, times);
        return times;
    }

    /** Entries up to this one are about to be applied. */
    public void applying(final long lastIndex, final long nowNanos) {
        applyEpochNanos = 0;
        applyStartNanos = nowNanos;
        stages.committed(lastIndex, nowNanos);
    }

    /** A client's write was applied, and its answer made. */
    public void answered(final long edgeEpochNanos, final long raftIndex, final boolean isLeader) {
        // What is taken to its socket at once, before all is applied, counts from the start.
        madeElsewhere(raftIndex, raftIndex, applyStartNanos);
        firstAnswered = firstAnswered == 0 ? raftIndex : firstAnswered;
        lastAnswered = raftIndex;
        if (applyEpochNanos == 0) {
            applyEpochNanos = epochNanos.getAsLong();
        }
        final long tookNanos = applyEpochNanos - edgeEpochNanos;
        proposals.record(tookNanos);
        stages.answered();
        if (!isLeader) {
            stages.returned(tookNanos);
        }
    }

    /** The entries that were committed are applied. */
    public void applied(final long startNanos, final long nowNanos) {
        if (firstAnswered != 0) {
            madeElsewhere(firstAnswered, lastAnswered, nowNanos);
            firstAnswered = 0;
        }
        stages.applied(startNanos, nowNanos);
    }

    private void madeElsewhere(final long first, final long last, final long nanos) {
        for (final ReplyTimes times : replyTimes) {
            for (long index = first; index <= last; index++) {
                times.made(index, nanos);
            }
        }
    }

    /** The answers of this turn have left the engine. */
    public void batchEnded() {
        if (replyTimes.length > 0) {
            stages.handedOver();
            for (final ReplyTimes times : replyTimes) {
                times.drain(onReplied);
            }
        } else if (stages.isReplying()) {
            stages.replied(nanoTime.getAsLong());
        }
    }
}
