package io.larch.engine.request;

import io.larch.engine.EngineContext;
import io.larch.engine.EngineLog;
import io.larch.engine.application.Application;
import io.larch.engine.application.Applications;
import io.larch.engine.application.CommandKind;
import io.larch.engine.application.Growth;
import io.larch.engine.application.Result;
import io.larch.engine.apply.CommandAdmission;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.member.LeaderInfo;
import io.larch.engine.peer.Peers;
import io.larch.engine.port.Query;
import io.larch.engine.port.RequestPort;
import io.larch.engine.raft.ProposalResult;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.stats.EngineStats;
import io.larch.engine.wal.WriteAheadLog;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.agrona.DirectBuffer;

/**
 * Takes what clients ask: proposes writes, answers local reads at once, queues linearizable ones,
 * registers watches. Owned by the engine thread.
 */
public final class RequestHandler {
    private static final String TIMED_OUT = "etcdserver: request timed out";
    private static final String CONNECTION_LOST = TIMED_OUT + ", possibly due to connection lost";
    private static final String LEADER_FAILED =
            TIMED_OUT + ", possibly due to previous leader failure";
    private static final String TOO_MANY = "etcdserver: too many requests";
    private static final String NO_SPACE = "etcdserver: no space left for the write-ahead log";
    private static final String TOO_LARGE = "etcdserver: request is too large";
    private static final String NOT_HERE =
            "etcdserver: this member does not understand this request";
    private static final String STOPPED = "etcdserver: server stopped";

    /** Reads that may wait at once; more are refused, never queued without bound. */
    private static final int CAPACITY = 1 << 16;

    /** What is told at once although the way to the edge is full. */
    private static final int SMALL_RESULT_BYTES = 4 << 10;

    private final CommandEnvelope command = new CommandEnvelope();
    private final Growth growth = new Growth();
    private final Result result = new Result();
    private final Proposals proposals;
    private final Comparisons comparisons;
    private final QuorumReads reads = new QuorumReads(CAPACITY);
    private final LongReads longReads;
    private final EngineContext context;
    private final RaftCore raft;
    private final WriteAheadLog wal;
    private final Applications applications;
    private final CommandAdmission admission;
    private final ReplyRouter replies;
    private final PendingQueries questions;
    private final EngineStats stats;
    private final LeaderInfo leadership;
    private final Peers peers;
    private final EngineLog log;
    private final Consumer<PendingWrite> onExpired = this::expired;
    private final LongConsumer onReadExpired = this::readExpired;
    private final Proposals.DenialHandler onDenied = this::denied;
    private long askAgainNanos;
    private boolean isStoreFull;

    public RequestHandler(
            final EngineContext context,
            final RaftCore raft,
            final WriteAheadLog wal,
            final Applications applications,
            final CommandAdmission admission,
            final Proposals proposals,
            final LongReads longReads,
            final ReplyRouter replies,
            final PendingQueries questions,
            final EngineStats stats,
            final LeaderInfo leadership,
            final Peers peers,
            final EngineLog log) {
        this.context = context;
        this.raft = raft;
        this.wal = wal;
        this.applications = applications;
        this.admission = admission;
        this.proposals = proposals;
        comparisons = proposals.pending().comparisons();
        this.longReads = longReads;
        this.replies = replies;
        this.questions = questions;
        this.stats = stats;
        this.leadership = leadership;
        this.peers = peers;
        this.log = log;
        askAgainNanos = now();
    }

    /**
     * Takes one well-formed command. Every one but a CANCEL is answered, now or later; by an error
     * when there is no application of its domain.
     *
     * @throws IllegalArgumentException for a type that no edge may send.
     */
    public void onCommand(final DirectBuffer buffer, final int offset, final int length) {
        command.wrap(buffer, offset);
        final byte type = command.type();
        if (type == CommandType.CANCEL.code()) {
            cancel(command.correlationId());
            return;
        }
        if (type == CommandType.MORE.code()) {
            longReads.more(command.correlationId());
            return;
        }
        final Application application = applications.of(command.domain());
        if (application == null) {
            replies.raftError(command.correlationId(), NOT_HERE);
            return;
        }
        switch (application.kind(type)) {
            case READ -> get(application, length);
            case WATCH -> watch(application);
            case WRITE -> write(application, length, application.subject(command), now());
            case UNKNOWN ->
                    throw new IllegalArgumentException(
                            "not a client's command: domain "
                                    + command.domain()
                                    + ", type "
                                    + type);
        }
    }

    /** The client is gone. */
    private void cancel(final long correlationId) {
        applications.cancelWatch(correlationId);
        longReads.cancel(correlationId);
        comparisons.clientGone(correlationId);
        proposals.clientGone(correlationId);
    }

    public void onQuestion(final Query<?> question) {
        questions.onQuestion(question);
    }

    /**
     * A conditional write that would be refused is a read, which needs a quorum and no log. One
     * that would not be, now, waits for those of its subject that are under way here: most likely
     * they leave nothing that it holds for.
     */
    private void write(
            final Application application,
            final int length,
            final long subject,
            final long startNanos) {
        if (subject == Comparisons.NONE) {
            submit(application, length, subject, startNanos);
        } else if (!refuse(application, length, startNanos)) {
            if (comparisons.isUnderWay(subject, length)) {
                comparisons.hold(copy(subject, length, startNanos), now());
            } else {
                submit(application, length, subject, startNanos);
            }
        }
    }

    private Comparisons.Held copy(final long subject, final int length, final long startNanos) {
        return comparisons.copy(
                subject,
                command.buffer(),
                command.offset(),
                length,
                command.correlationId(),
                startNanos);
    }

    /** Whether a conditional write would be refused now, and is, when a quorum was heard. */
    private boolean refuse(final Application application, final int length, final long startNanos) {
        if (reads.isFull(length) || !application.isRefused(command, result)) {
            return false;
        }
        comparisons.asks(command.correlationId());
        confirm(reads.add(command.buffer(), command.offset(), length, startNanos));
        return true;
    }

    /**
     * Goes on with the conditional writes that waited for others, when these are applied or lost.
     * Not while the core is asked for what is ready.
     */
    public int compareAgain() {
        int count = 0;
        while (comparisons.hasReleased()) {
            final Comparisons.Held held = comparisons.poll();
            compareAgain(held);
            comparisons.free(held);
            count++;
        }
        return count;
    }

    private void compareAgain(final Comparisons.Held held) {
        if (!comparisons.isWaiting(held.correlationId)) {
            replies.raftError(held.correlationId, timeoutCause(held.startNanos));
            return;
        }
        command.wrap(held.command, 0);
        final Application application = applications.of(command.domain());
        if (held.isFound || !refuse(application, held.length, held.startNanos)) {
            submit(application, held.length, held.subject, held.startNanos);
        }
    }

    private void submit(
            final Application application,
            final int length,
            final long subject,
            final long startNanos) {
        final long correlationId = command.correlationId();
        final boolean isFull = proposals.isFull(length);
        final boolean isHeldUp = isFull || wal.isDiskFull();
        growth.set(0, 0);
        final int reason = raft.isLeader() && !isHeldUp ? 0 : judge(application, length);
        if (reason != 0) {
            refuse(correlationId, application, reason);
        } else if (isFull) {
            replies.raftError(correlationId, TOO_MANY);
        } else if (isHeldUp) {
            replies.raftError(correlationId, NO_SPACE);
        } else {
            propose(application, correlationId, length, subject, startNanos);
        }
    }

    /** What a leader takes is judged and counted as it is appended, and not twice. */
    private int judge(final Application application, final int length) {
        if (raft.isLeader()) {
            return admission.check(command.buffer(), command.offset(), length);
        }
        return admission.judge(
                command, application, proposals.pending().growth(command.domain()), growth);
    }

    private void refuse(final long correlationId, final Application application, final int reason) {
        if (reason == CommandAdmission.NOT_UNDERSTOOD) {
            replies.raftError(correlationId, RequestPort.NOT_EVERYWHERE);
        } else if (!ErrorCode.isKnown(reason)) {
            replies.raftError(correlationId, TIMED_OUT);
        } else {
            reportFull(application, true);
            replies.error(
                    correlationId, ErrorCode.of(reason), application.index(), "the store is full");
        }
    }

    /** The leader may not append it: refused as it would have been here. */
    private void denied(final PendingWrite write, final int reason) {
        if (write.correlationId != PendingWrites.NOBODY) {
            refuse(write.correlationId, applications.of(write.domain), reason);
        }
    }

    private void propose(
            final Application application,
            final long correlationId,
            final int length,
            final long subject,
            final long startNanos) {
        stats.arrived();
        final int result =
                proposals.propose(
                        command.buffer(),
                        command.offset(),
                        length,
                        correlationId,
                        startNanos,
                        subject,
                        growth);
        if (result == Proposals.TAKEN) {
            reportFull(application, false);
            if (proposals.proposedIndex() > 0) {
                stats.proposed(command, proposals.edgeEpochNanos(), proposals.proposedIndex());
            } else {
                stats.forwarded(command, proposals.edgeEpochNanos());
            }
        } else if (ProposalResult.reason(result) != 0) {
            refuse(correlationId, application, ProposalResult.reason(result));
        } else {
            stats.failed();
            replies.raftError(correlationId, cause(result));
        }
    }

    private static String cause(final int refusal) {
        return switch (refusal) {
            case ProposalResult.TOO_MUCH_UNCOMMITTED -> TOO_MANY;
            case ProposalResult.TOO_LARGE -> TOO_LARGE;
            case Proposals.DISK_FULL -> NO_SPACE;
            default -> TIMED_OUT;
        };
    }

    private void get(final Application application, final int length) {
        if (!command.has(CommandEnvelope.QUORUM)) {
            read(application, command, length);
        } else if (reads.isFull(length)) {
            replies.raftError(command.correlationId(), TOO_MANY);
        } else {
            confirm(reads.add(command.buffer(), command.offset(), length, now()));
        }
    }

    private void confirm(final long requestId) {
        if (raft.readIndex(requestId) < 0) {
            askLater(requestId);
        }
    }

    /** A read that has no leader waits for one, as long as it may. */
    private void askLater(final long requestId) {
        if (reads.lost(requestId)) {
            askAgainNanos = context.nanoTime().getAsLong() + context.tickNanos();
        }
    }

    /** Asks again for the reads that were lost with their leader. */
    public int askAgain(final long nowNanos) {
        if (!isToAskAgain() || askAgainNanos - nowNanos > 0) {
            return 0;
        }
        askAgainNanos = nowNanos + context.tickNanos();
        return reads.askAgain(requestId -> raft.readIndex(requestId) >= 0);
    }

    private boolean isToAskAgain() {
        return reads.hasLost() && raft.leaderId() != 0;
    }

    /** Role, term or leader have changed. */
    public void onLeaderChanged() {
        askAgainNanos = context.nanoTime().getAsLong();
    }

    /**
     * A forwarded proposal was refused by the leader: it is certainly in nobody's log.
     *
     * @param reason of the leader's {@link io.larch.engine.raft.Admission}, or {@link
     *     ProposalResult#LEARNER_NOT_READY}; 0: it may be taken another time.
     */
    public void onRefused(final long forwardSequence, final int reason) {
        proposals.onRefused(forwardSequence, reason, onDenied);
        questions.onRefused(forwardSequence, reason);
    }

    /** A member of the cluster says that this one was removed. */
    public void onRemoved() {
        questions.onRemoved();
    }

    /** When {@link #askAgain} or {@link #expire} has something to do by itself. */
    public long nextDeadlineNanos(final long nowNanos) {
        final long questionsNanos = questions.nextDeadlineNanos(nowNanos);
        return isToAskAgain() && askAgainNanos - questionsNanos < 0
                ? askAgainNanos
                : questionsNanos;
    }

    /**
     * A linearizable read was answered by a quorum and all it may see is applied; -1: it was lost.
     */
    public void onReadConfirmed(final long requestId, final long readIndex) {
        if (questions.onAnswered(requestId, readIndex)) {
            return;
        }
        if (readIndex < 0) {
            askLater(requestId);
            return;
        }
        final QuorumReads.Read read = reads.remove(requestId);
        if (read == null) {
            return;
        }
        command.wrap(read.command, 0);
        final Application application = applications.of(command.domain());
        if (application.kind(command.type()) == CommandKind.READ) {
            read(application, command, read.length);
        } else {
            compared(application, read);
        }
        reads.release(read);
    }

    /**
     * A quorum was heard for a conditional write that would be refused: so it is, if it still
     * would. If not, it may be proposed, unless its client is gone meanwhile.
     */
    private void compared(final Application application, final QuorumReads.Read read) {
        final boolean isThere = comparisons.isWaiting(command.correlationId());
        if (application.isRefused(command, result)) {
            application.refused(command);
            replies.reply(command.correlationId(), result);
        } else if (!isThere) {
            replies.raftError(command.correlationId(), timeoutCause(read.startNanos));
        } else {
            comparisons.found(copy(application.subject(command), read.length, read.startNanos));
        }
    }

    private void refuse(final long requestId, final String cause) {
        final QuorumReads.Read read = reads.remove(requestId);
        if (read == null) {
            return;
        }
        final long correlationId = command.wrap(read.command, 0).correlationId();
        comparisons.clientGone(correlationId);
        replies.raftError(correlationId, cause);
        reads.release(read);
    }

    private void read(final Application application, final CommandEnvelope get, final int length) {
        final boolean isSparing =
                get.has(CommandEnvelope.SPARING) || replies.isBehind(get.correlationId());
        application.read(get, isSparing ? SMALL_RESULT_BYTES : Integer.MAX_VALUE, result);
        if (!result.isTooLong()) {
            replies.reply(get.correlationId(), result);
        } else if (longReads.isFull()) {
            replies.raftError(get.correlationId(), TOO_MANY);
        } else {
            longReads.open(application, get, length);
        }
    }

    private void watch(final Application application) {
        application.watch(command, result);
        if (!result.isOk()) {
            replies.reply(command.correlationId(), result);
        }
    }

    /** Proposes again the writes for which that is due. */
    public int proposeAgain(final long nowNanos) {
        final int count = proposals.doWork(nowNanos, onExpired, onDenied);
        comparisons.release(nowNanos);
        return count + compareAgain();
    }

    /** Requests that waited too long are told so; writes may yet happen. */
    public int expire(final long nowNanos) {
        reads.expired(nowNanos - context.requestTimeoutNanos(), onReadExpired);
        proposals.expire(nowNanos, onExpired);
        return questions.doWork(nowNanos) + compareAgain();
    }

    private void expired(final PendingWrite write) {
        if (write.correlationId != PendingWrites.NOBODY) {
            replies.raftError(write.correlationId, timeoutCause(write.startNanos));
        }
    }

    private void readExpired(final long requestId) {
        refuse(requestId, timeoutCause(reads.startNanos(requestId)));
    }

    /** As etcd 2.3 tells time-outs apart. */
    private String timeoutCause(final long startNanos) {
        if (leadership.hasChangedSince(startNanos, context.electionTimeoutMs() * 1_000_000L)) {
            return LEADER_FAILED;
        }
        final boolean isCutOff =
                raft.leaderId() == 0
                        ? leadership.hasLostQuorum()
                        : !raft.isLeader() && peers.isUnreachable(raft.leaderId());
        return isCutOff ? CONNECTION_LOST : TIMED_OUT;
    }

    /** A snapshot took the place of what this member would have applied. */
    public void onSnapshotInstalled() {
        proposals.forEachDone(onExpired);
    }

    /**
     * The member stops: everybody who waits is told, since nobody will answer later.
     *
     * @param isRemoved because it was removed.
     */
    public void close(final boolean isRemoved) {
        proposals.drain(
                write -> {
                    if (write.correlationId != PendingWrites.NOBODY) {
                        replies.raftError(write.correlationId, STOPPED);
                    }
                });
        // None is under way any more, so all that were held are free.
        while (comparisons.hasReleased()) {
            replies.raftError(comparisons.poll().correlationId, STOPPED);
        }
        reads.drain(requestId -> refuse(requestId, STOPPED));
        longReads.close();
        questions.close(isRemoved);
        applications.endAllWatches();
    }

    private void reportFull(final Application application, final boolean isFull) {
        if (isFull != isStoreFull) {
            isStoreFull = isFull;
            log.storeFull(isFull, application.entries(), application.bytes());
        }
    }

    private long now() {
        return context.nanoTime().getAsLong();
    }
}
