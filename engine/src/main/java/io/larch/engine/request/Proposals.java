package io.larch.engine.request;

import io.larch.engine.EngineContext;
import io.larch.engine.application.Growth;
import io.larch.engine.apply.CommandDeduplicator;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.raft.ProposalResult;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.raft.RaftMessage;
import io.larch.engine.raft.SequenceWindow;
import io.larch.engine.wal.DiskFullException;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongHashSet;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Proposes commands until they are applied here or their time is up. Each gets a name ({@link
 * KeysCommand}) under which it takes effect once, so one that may have been lost, with a leader or
 * on the way to it, is simply proposed again. Owned by the engine thread.
 *
 * <p>Among peers a copy of each command is kept for that; the only voter of a cluster cannot lose
 * one and keeps none.
 */
public final class Proposals {
    /** {@link #propose}: the command is on its way, or waits for a leader. */
    static final int TAKEN = 0;

    /** {@link #propose}: the write-ahead log has no room. The other results are Raft's. */
    static final int DISK_FULL = -100;

    /** Proposed again in one turn at most. */
    private static final int COMMANDS_PER_TURN = 512;

    private static final long BYTES_PER_TURN = 4L << 20;
    private static final int FORWARDS = 1 << 16;
    private static final int MAX_SHIFT = 8;

    private final PendingWrites pending = new PendingWrites();
    private final long[] sequenceByForward = new long[FORWARDS];
    private final UnsafeBuffer identity = new UnsafeBuffer(0, 0);

    /** Whom nobody waits for any more; some of them may be done. */
    private final LongHashSet gone = new LongHashSet();

    private final EngineContext context;
    private final RaftCore raft;
    private final CommandDeduplicator appliedCommands;
    private final long incarnation;
    private final long lossNanos;
    private boolean isAlone;

    /** Numbers the leaders that were seen, from 1. */
    private long leaderEpoch = 1;

    private long leaderId;
    private long leaderTerm;
    private long proposedIndex;
    private long edgeEpochNanos;
    private boolean hasUnsent;
    private long nextToScan;
    private long retryNanos;
    private long nextLossScanNanos;

    public Proposals(
            final EngineContext context,
            final RaftCore raft,
            final CommandDeduplicator appliedCommands,
            final long incarnation) {
        this.context = context;
        this.raft = raft;
        this.appliedCommands = appliedCommands;
        this.incarnation = incarnation;
        lossNanos = context.electionTimeoutMs() * 1_000_000L;
        nextLossScanNanos = context.nanoTime().getAsLong() + lossNanos / 2;
    }

    /** Whether this member is the only voter: then nothing can be lost. */
    public void alone(final boolean isOnlyVoter) {
        isAlone = isOnlyVoter;
    }

    /** Whether a command of this length must be refused for now. */
    boolean isFull(final int length) {
        return pending.isFull(length);
    }

    public PendingWrites pending() {
        return pending;
    }

    /**
     * Proposes a command, and writes its name into its bytes. When taken, {@link #complete} or
     * {@link #expire} tells its end.
     *
     * @param correlationId who waits for it; {@link PendingWrites#NOBODY} for the member itself,
     *     whose command is proposed until it is applied.
     * @param startNanos when it came.
     * @param subject what it compares with, or {@link Comparisons#NONE}.
     * @param growth what it may add to its application.
     * @return {@link #TAKEN} or why it is in nobody's log and will not be.
     */
    int propose(
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final long correlationId,
            final long startNanos,
            final long subject,
            final Growth growth) {
        final long nowNanos = context.nanoTime().getAsLong();
        final int domain = buffer.getByte(offset + CommandEnvelope.DOMAIN_OFFSET);
        final PendingWrite write =
                pending.add(correlationId, startNanos, nowNanos, domain, subject, growth);
        identity.wrap(buffer, offset, CommandEnvelope.HEADER_LENGTH);
        edgeEpochNanos = CommandEnvelope.timestampNanos(identity, 0);
        write.edgeEpochNanos = edgeEpochNanos;
        CommandEnvelope.encodeIdentity(
                identity, 0, context.memberId(), incarnation, write.sequence);
        final long result = send(write, buffer, offset, length, nowNanos);
        // A member that lags behind may take itself for the only voter, under another's lead.
        final boolean isSafe = isAlone && proposedIndex > 0;
        final boolean isKept = !isSafe || correlationId == PendingWrites.NOBODY;
        if (result != TAKEN && (isFinal(result) || !isKept)) {
            pending.remove(write);
            return (int) result;
        }
        if (isKept) {
            write.bytes.putBytes(0, buffer, offset, length);
            pending.kept(write, length);
        }
        if (result != TAKEN) {
            unsent(write, nowNanos);
        }
        return TAKEN;
    }

    /** Raft index that the command got which was proposed last; 0 when it was sent on or waits. */
    long proposedIndex() {
        return proposedIndex;
    }

    private static boolean isFinal(final long result) {
        return ProposalResult.reason(result) != 0
                || result == ProposalResult.TOO_LARGE
                || result == ProposalResult.TOO_MUCH_UNCOMMITTED
                || result == DISK_FULL;
    }

    private long send(
            final PendingWrite write,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final long nowNanos) {
        final long result;
        proposedIndex = 0;
        try {
            result = raft.propose(buffer, offset, length);
        } catch (final DiskFullException e) {
            return DISK_FULL;
        }
        proposedIndex = Math.max(0, result);
        if (result != ProposalResult.FORWARDED && result <= 0) {
            return result;
        }
        write.leaderEpoch = leaderEpoch;
        write.sentNanos = nowNanos;
        write.attempts++;
        write.copies++;
        write.forwardSequence = 0;
        if (result == ProposalResult.FORWARDED) {
            write.forwardSequence = raft.forwardSequence();
            sequenceByForward[(int) write.forwardSequence & FORWARDS - 1] = write.sequence;
        }
        return TAKEN;
    }

    private void unsent(final PendingWrite write, final long nowNanos) {
        write.leaderEpoch = 0;
        if (!hasUnsent) {
            hasUnsent = true;
            nextToScan = write.sequence;
            retryNanos = nowNanos + context.tickNanos();
        } else {
            nextToScan = Math.min(nextToScan, write.sequence);
        }
    }

    /** Whether {@link #complete} would tell somebody who waits for a command. */
    boolean isAwaited(final long originId, final long ofIncarnation, final long sequence) {
        if (originId != context.memberId() || ofIncarnation != incarnation) {
            return false;
        }
        final PendingWrite write = pending.get(sequence);
        return write != null && write.correlationId != PendingWrites.NOBODY;
    }

    /**
     * A command of this member was applied, or found to be a repetition of one that was.
     *
     * @return who waits for it; {@link PendingWrites#NOBODY} when nobody does.
     */
    public long complete(final long originId, final long ofIncarnation, final long sequence) {
        if (originId != context.memberId() || ofIncarnation != incarnation) {
            return PendingWrites.NOBODY;
        }
        final PendingWrite write = pending.get(sequence);
        if (write == null) {
            return PendingWrites.NOBODY;
        }
        pending.remove(write);
        edgeEpochNanos = write.edgeEpochNanos;
        return write.correlationId;
    }

    /**
     * When the edge took the command that was proposed or completed last, by this member's wall
     * clock; in the log stands the leader's word for it.
     */
    public long edgeEpochNanos() {
        return edgeEpochNanos;
    }

    /**
     * Nobody waits for an answer to a command any more, if it is one of these: it is not handed on
     * from now on. What was handed on may yet take effect.
     */
    void clientGone(final long correlationId) {
        if (pending.count() == 0) {
            return;
        }
        if (gone.size() >= SequenceWindow.LENGTH) {
            forgetDone();
        }
        gone.add(correlationId);
    }

    private void forgetDone() {
        final LongHashSet stillPending = new LongHashSet();
        for (long sequence = pending.oldest(); sequence < pending.next(); sequence++) {
            final PendingWrite write = pending.get(sequence);
            if (write != null && gone.contains(write.correlationId)) {
                stillPending.add(write.correlationId);
            }
        }
        gone.clear();
        gone.addAll(stillPending);
    }

    /** Whether a command of this life of the member is still under way. */
    boolean isPending(final long sequence) {
        return pending.get(sequence) != null;
    }

    /** Told of a command that may not go into the log, and is in nobody's. */
    interface DenialHandler {
        /**
         * @param reason of the leader's {@link io.larch.engine.raft.Admission}.
         */
        void onDenied(PendingWrite write, int reason);
    }

    /**
     * A forwarded command was refused: that copy of it is certainly in nobody's log.
     *
     * @param reason of the leader's {@link io.larch.engine.raft.Admission}, and then it is not
     *     proposed again; 0: it may be taken another time.
     */
    void onRefused(final long forwardSequence, final int reason, final DenialHandler onDenied) {
        final PendingWrite write =
                pending.get(sequenceByForward[(int) forwardSequence & FORWARDS - 1]);
        if (write == null || write.forwardSequence != forwardSequence) {
            return;
        }
        write.forwardSequence = 0;
        write.copies--;
        if (reason == 0) {
            unsent(write, context.nanoTime().getAsLong());
        } else {
            deny(write, reason, onDenied);
        }
    }

    /** A forwarded command could not be sent. */
    public void onNotSent(final RaftMessage forward) {
        onRefused(forward.context(), 0, null);
    }

    /** When an earlier copy may yet take effect the end of that one is awaited. */
    private void deny(final PendingWrite write, final int reason, final DenialHandler onDenied) {
        if (write.copies > 0) {
            pending.notKept(write);
        } else {
            onDenied.onDenied(write, reason);
            pending.remove(write);
        }
    }

    /** Role, term or leader have changed: what was proposed to another leader may be lost. */
    public void onLeaderChanged() {
        final long leader = raft.leaderId();
        if (leader == 0 || leader == leaderId && raft.term() == leaderTerm) {
            return;
        }
        leaderId = leader;
        leaderTerm = raft.term();
        leaderEpoch++;
        hasUnsent = pending.count() > 0;
        nextToScan = pending.oldest();
        retryNanos = context.nanoTime().getAsLong();
    }

    /**
     * Proposes again what is due.
     *
     * @param onDropped told of what is dropped in place of that, since its client is gone.
     * @param onDenied told of what this member, as the leader, may not append.
     */
    int doWork(
            final long nowNanos,
            final Consumer<PendingWrite> onDropped,
            final DenialHandler onDenied) {
        if (!gone.isEmpty() && pending.count() == 0) {
            gone.clear();
        }
        if (nextLossScanNanos - nowNanos <= 0) {
            nextLossScanNanos = nowNanos + lossNanos / 2;
            findLost(nowNanos);
        }
        if (!hasUnsent || raft.leaderId() == 0 || retryNanos - nowNanos > 0) {
            return 0;
        }
        return proposeAgain(nowNanos, onDropped, onDenied);
    }

    private int proposeAgain(
            final long nowNanos,
            final Consumer<PendingWrite> onDropped,
            final DenialHandler onDenied) {
        int count = 0;
        long bytes = 0;
        final long end = pending.next();
        boolean hasFailed = false;
        long sequence = Math.max(nextToScan, pending.oldest());
        for (; sequence < end && count < COMMANDS_PER_TURN && bytes < BYTES_PER_TURN; sequence++) {
            final PendingWrite write = pending.get(sequence);
            if (write == null || write.leaderEpoch == leaderEpoch || write.length == 0) {
                continue;
            }
            if (!gone.isEmpty() && gone.remove(write.correlationId)) {
                drop(write, onDropped);
                continue;
            }
            count++;
            bytes += write.length;
            final long result = send(write, write.bytes, 0, write.length, nowNanos);
            if (ProposalResult.reason(result) != 0) {
                deny(write, ProposalResult.reason(result), onDenied);
            } else if (result != TAKEN) {
                hasFailed = true;
                break;
            }
        }
        nextToScan = sequence;
        if (hasFailed) {
            retryNanos = nowNanos + context.tickNanos();
        } else {
            hasUnsent = sequence < end;
        }
        return count;
    }

    /** One that was handed on before is not handed on again, and its end is awaited. */
    private void drop(final PendingWrite write, final Consumer<PendingWrite> onDropped) {
        if (write.attempts > 0) {
            pending.notKept(write);
        } else {
            onDropped.accept(write);
            pending.remove(write);
        }
    }

    /**
     * Without a new leader a forwarded command may be lost as well, by the network. It is given
     * longer each time, since the leader may only be slow.
     */
    private void findLost(final long nowNanos) {
        if (raft.isLeader()) {
            return;
        }
        for (long sequence = pending.oldest(); sequence < pending.next(); sequence++) {
            final PendingWrite write = pending.get(sequence);
            if (write != null
                    && write.leaderEpoch == leaderEpoch
                    && nowNanos - write.sentNanos
                            >= lossNanos << Math.min(write.attempts - 1, MAX_SHIFT)) {
                unsent(write, nowNanos);
            }
        }
    }

    /** Takes out those whose time is up; their outcome is unknown. */
    void expire(final long nowNanos, final Consumer<PendingWrite> onExpired) {
        for (long sequence = pending.oldest(); sequence < pending.next(); sequence++) {
            final PendingWrite write = pending.get(sequence);
            if (write == null || write.correlationId == PendingWrites.NOBODY) {
                continue;
            }
            if (write.startNanos + context.requestTimeoutNanos() - nowNanos > 0) {
                return;
            }
            onExpired.accept(write);
            pending.remove(write);
        }
    }

    /**
     * The state was replaced by a snapshot's: takes out the commands that are in there, whose
     * results nobody knows here.
     */
    void forEachDone(final Consumer<PendingWrite> onDone) {
        for (long sequence = pending.oldest(); sequence < pending.next(); sequence++) {
            final PendingWrite write = pending.get(sequence);
            if (write != null
                    && appliedCommands.isDone(context.memberId(), incarnation, sequence)) {
                onDone.accept(write);
                pending.remove(write);
            }
        }
    }

    /** Takes out all. */
    void drain(final Consumer<PendingWrite> each) {
        for (long sequence = pending.oldest(); sequence < pending.next(); sequence++) {
            final PendingWrite write = pending.get(sequence);
            if (write != null) {
                each.accept(write);
                pending.remove(write);
            }
        }
    }

    /** When {@link #doWork} has something to do by itself. */
    public long nextDeadlineNanos(final long nowNanos) {
        final long lossScan = pending.count() > 0 ? nextLossScanNanos : nowNanos + lossNanos;
        return hasUnsent && raft.leaderId() != 0 ? Math.min(retryNanos, lossScan) : lossScan;
    }
}
