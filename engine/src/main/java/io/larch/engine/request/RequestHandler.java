package io.larch.engine.request;

import io.larch.engine.EngineContext;
import io.larch.engine.EngineLog;
import io.larch.engine.apply.ClusterClock;
import io.larch.engine.codec.CommandFlyweight;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.keys.Store;
import io.larch.engine.keys.StoreResult;
import io.larch.engine.member.LeaderInfo;
import io.larch.engine.peer.Peers;
import io.larch.engine.port.Query;
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
    private static final String STOPPED = "etcdserver: server stopped";

    /** Reads that may wait at once; more are refused, never queued without bound. */
    private static final int CAPACITY = 1 << 16;

    /** What is told at once although the way to the edge is full. */
    private static final int SMALL_RESULT_BYTES = 4 << 10;

    private final CommandFlyweight command = new CommandFlyweight();
    private final StoreResult result = new StoreResult();
    private final Proposals proposals;
    private final QuorumReads reads = new QuorumReads(CAPACITY);
    private final LongReads longReads;
    private final EngineContext context;
    private final RaftCore raft;
    private final WriteAheadLog wal;
    private final Store store;
    private final ClusterClock clock;
    private final ReplyRouter replies;
    private final PendingQueries questions;
    private final EngineStats stats;
    private final LeaderInfo leadership;
    private final Peers peers;
    private final EngineLog log;
    private final Consumer<PendingWrite> onExpired = this::expired;
    private final LongConsumer onReadExpired = this::readExpired;
    private long askAgainNanos;
    private boolean isStoreFull;

    public RequestHandler(
            final EngineContext context,
            final RaftCore raft,
            final WriteAheadLog wal,
            final Store store,
            final ClusterClock clock,
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
        this.store = store;
        this.clock = clock;
        this.proposals = proposals;
        this.longReads = longReads;
        this.replies = replies;
        this.questions = questions;
        this.stats = stats;
        this.leadership = leadership;
        this.peers = peers;
        this.log = log;
        askAgainNanos = now();
    }

    /** Takes one well-formed command. Every one but a CANCEL is answered, now or later. */
    public void onCommand(final DirectBuffer buffer, final int offset, final int length) {
        command.wrap(buffer, offset);
        final CommandType type = command.type();
        switch (type) {
            case GET -> get(length);
            case WATCH -> watch();
            case CANCEL -> cancel(command.correlationId());
            case MORE -> longReads.more(command.correlationId());
            case SET,
                    CREATE,
                    CREATE_IN_ORDER,
                    UPDATE,
                    COMPARE_AND_SWAP,
                    DELETE,
                    COMPARE_AND_DELETE ->
                    write(length);
            default -> throw new IllegalArgumentException("not a client's command: " + type);
        }
    }

    /** The client is gone. */
    private void cancel(final long correlationId) {
        store.cancelWatch(correlationId);
        longReads.cancel(correlationId);
        proposals.clientGone(correlationId);
    }

    public void onQuestion(final Query<?> question) {
        questions.onQuestion(question);
    }

    private void write(final int length) {
        final long correlationId = command.correlationId();
        final PendingWrites pending = proposals.pending();
        final int refusal = store.admit(command, pending.growthNodes(), pending.growthBytes());
        if (refusal != 0) {
            reportFull(true);
            replies.error(correlationId, ErrorCode.of(refusal), store.index(), "the store is full");
        } else if (proposals.isFull(length)) {
            replies.raftError(correlationId, TOO_MANY);
        } else if (wal.isDiskFull()) {
            replies.raftError(correlationId, NO_SPACE);
        } else {
            propose(correlationId, length);
        }
    }

    private void propose(final long correlationId, final int length) {
        stats.arrived();
        final int result =
                proposals.propose(
                        command.buffer(),
                        command.offset(),
                        length,
                        correlationId,
                        store.admittedNodes(),
                        store.admittedBytes());
        if (result == Proposals.TAKEN) {
            reportFull(false);
            if (proposals.proposedIndex() > 0) {
                stats.proposed(command, proposals.edgeEpochNanos(), proposals.proposedIndex());
            } else {
                stats.forwarded(command, proposals.edgeEpochNanos());
            }
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

    private void get(final int length) {
        if (!command.has(CommandFlyweight.QUORUM)) {
            read(command);
        } else if (reads.isFull()) {
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

    /** A forwarded proposal was refused by the leader: it is certainly in nobody's log. */
    public void onRefused(final long forwardSequence) {
        proposals.onRefused(forwardSequence);
        questions.onRefused(forwardSequence);
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
        read(command.wrap(read.command, 0));
        reads.release(read);
    }

    private void refuse(final long requestId, final String cause) {
        final QuorumReads.Read read = reads.remove(requestId);
        if (read == null) {
            return;
        }
        replies.raftError(command.wrap(read.command, 0).correlationId(), cause);
        reads.release(read);
    }

    private void read(final CommandFlyweight get) {
        final long nowNanos = clock.now();
        if (get.has(CommandFlyweight.SPARING) || replies.isBehind(get.correlationId())) {
            store.get(get, nowNanos, SMALL_RESULT_BYTES, result);
        } else {
            store.get(get, nowNanos, result);
        }
        if (result.isTooLong()) {
            readInParts(get);
        } else if (result.isOk()) {
            replies.result(
                    get.correlationId(),
                    false,
                    result.storeIndex(),
                    result.event(),
                    result.eventOffset(),
                    result.eventLength());
        } else {
            fail(get.correlationId());
        }
    }

    private void readInParts(final CommandFlyweight get) {
        if (longReads.isFull()) {
            replies.raftError(get.correlationId(), TOO_MANY);
        } else {
            longReads.open(get);
        }
    }

    private void watch() {
        store.watch(command, result);
        if (!result.isOk()) {
            fail(command.correlationId());
        }
    }

    private void fail(final long correlationId) {
        replies.error(
                correlationId,
                result.errorCode(),
                result.storeIndex(),
                result.cause(),
                result.causeLength());
    }

    /** Proposes again the writes for which that is due. */
    public int proposeAgain(final long nowNanos) {
        return proposals.doWork(nowNanos, onExpired);
    }

    /** Requests that waited too long are told so; writes may yet happen. */
    public int expire(final long nowNanos) {
        reads.expired(nowNanos - context.requestTimeoutNanos(), onReadExpired);
        proposals.expire(nowNanos, onExpired);
        return questions.doWork(nowNanos);
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
        reads.drain(requestId -> refuse(requestId, STOPPED));
        longReads.close();
        questions.close(isRemoved);
        store.endAllWatches();
    }

    private void reportFull(final boolean isFull) {
        if (isFull != isStoreFull) {
            isStoreFull = isFull;
            log.storeFull(isFull, store.nodeCount(), store.usedBytes());
        }
    }

    private long now() {
        return context.nanoTime().getAsLong();
    }
}
