package io.larch.engine;

import io.larch.engine.codec.CommandFlyweight;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.raft.ProposalResult;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.store.Store;
import io.larch.engine.store.StoreResult;
import io.larch.engine.wal.DiskFullException;
import io.larch.engine.wal.WriteAheadLog;
import org.agrona.DirectBuffer;

/**
 * Takes what clients ask: proposes writes, answers local reads at once, queues linearizable ones,
 * registers watches. Owned by the engine thread.
 */
final class RequestDesk {
    private static final String TIMED_OUT = "etcdserver: request timed out";
    private static final String TOO_MANY = "etcdserver: too many requests";
    private static final String NO_SPACE = "etcdserver: no space left for the write-ahead log";
    private static final String TOO_LARGE = "etcdserver: request is too large";
    private static final String STOPPED = "etcdserver: server stopped";

    /** Requests that may wait at once; more are refused, never queued without bound. */
    private static final int CAPACITY = 1 << 16;

    private final CommandFlyweight command = new CommandFlyweight();
    private final StoreResult result = new StoreResult();
    private final PendingRequests pending;
    private final PendingReads reads = new PendingReads(CAPACITY);
    private final EngineContext context;
    private final RaftCore raft;
    private final WriteAheadLog wal;
    private final Store store;
    private final ReplyPorts replies;
    private final AdminDesk admin;
    private final MemberDesk members;
    private final EngineStats stats;
    private final EngineLog log;
    private boolean isStoreFull;

    RequestDesk(
            final EngineContext context,
            final RaftCore raft,
            final WriteAheadLog wal,
            final Store store,
            final PendingRequests pending,
            final ReplyPorts replies,
            final AdminDesk admin,
            final MemberDesk members,
            final EngineStats stats,
            final EngineLog log) {
        this.context = context;
        this.raft = raft;
        this.wal = wal;
        this.store = store;
        this.pending = pending;
        this.replies = replies;
        this.admin = admin;
        this.members = members;
        this.stats = stats;
        this.log = log;
    }

    static PendingRequests newPending() {
        return new PendingRequests(CAPACITY);
    }

    /** Takes one well-formed command. Every one but a CANCEL is answered, now or later. */
    void onCommand(final DirectBuffer buffer, final int offset, final int length) {
        command.wrap(buffer, offset);
        final CommandType type = command.type();
        switch (type) {
            case GET -> get(length);
            case WATCH -> watch();
            case CANCEL -> store.cancelWatch(command.correlationId());
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

    void onQuestion(final AdminQuery<?> question) {
        final AdminQuery.Kind kind = question.kind();
        if (kind == AdminQuery.Kind.READY || kind == AdminQuery.Kind.CHANGE_MEMBERS) {
            confirm(reads.add(question, deadline()));
        } else {
            answer(question, admin.answer(kind));
        }
    }

    private void write(final int length) {
        final long correlationId = command.correlationId();
        final int refusal = store.admit(command);
        if (refusal != 0) {
            reportFull(true);
            replies.error(correlationId, ErrorCode.of(refusal), store.index(), "the store is full");
        } else if (pending.isFull()) {
            replies.raftError(correlationId, TOO_MANY);
        } else if (wal.isDiskFull()) {
            replies.raftError(correlationId, NO_SPACE);
        } else {
            propose(correlationId, length);
        }
    }

    private void propose(final long correlationId, final int length) {
        final long index;
        try {
            index = raft.propose(command.buffer(), command.offset(), length);
        } catch (final DiskFullException e) {
            replies.raftError(correlationId, NO_SPACE);
            return;
        }
        if (index > 0) {
            reportFull(false);
            pending.put(index, correlationId);
            stats.proposed(command, index);
        } else {
            stats.failed();
            replies.raftError(correlationId, cause((int) index));
        }
    }

    private static String cause(final int refusal) {
        return switch (refusal) {
            case ProposalResult.TOO_MUCH_UNCOMMITTED -> TOO_MANY;
            case ProposalResult.TOO_LARGE -> TOO_LARGE;
            default -> TIMED_OUT;
        };
    }

    private void get(final int length) {
        if (!command.has(CommandFlyweight.QUORUM)) {
            read(command);
        } else if (reads.isFull()) {
            replies.raftError(command.correlationId(), TOO_MANY);
        } else {
            confirm(reads.add(command.buffer(), command.offset(), length, deadline()));
        }
    }

    private void confirm(final long requestId) {
        if (raft.readIndex(requestId) < 0) {
            refuse(requestId, TIMED_OUT);
        }
    }

    /**
     * A linearizable read was answered by a quorum and all it may see is applied; -1: it was lost.
     */
    void onReadConfirmed(final long requestId, final long readIndex) {
        if (readIndex < 0) {
            refuse(requestId, TIMED_OUT);
            return;
        }
        final PendingReads.Read read = reads.remove(requestId);
        if (read == null) {
            return;
        }
        if (read.question != null) {
            onConfirmed(read);
        } else {
            read(command.wrap(read.command, 0));
        }
        reads.release(read);
    }

    private void onConfirmed(final PendingReads.Read read) {
        if (read.question.kind() == AdminQuery.Kind.CHANGE_MEMBERS) {
            members.begin(read.question, read.deadlineNanos);
        } else {
            answer(read.question, admin.health());
        }
    }

    private void refuse(final long requestId, final String cause) {
        final PendingReads.Read read = reads.remove(requestId);
        if (read == null) {
            return;
        }
        if (read.question != null) {
            answer(
                    read.question,
                    read.question.kind() == AdminQuery.Kind.CHANGE_MEMBERS
                            ? MemberDesk.refused(cause.equals(STOPPED))
                            : new AdminViews.Health(false, cause));
        } else {
            replies.raftError(command.wrap(read.command, 0).correlationId(), cause);
        }
        reads.release(read);
    }

    private void read(final CommandFlyweight get) {
        store.get(get, context.epochNanos().getAsLong(), result);
        if (result.isOk()) {
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

    /**
     * Reads that waited too long are told so; writes are timed out by the edge, since they may yet
     * happen.
     */
    int expire(final long nowNanos) {
        reads.expired(nowNanos, requestId -> refuse(requestId, TIMED_OUT));
        return members.doWork(nowNanos);
    }

    /** The member stops: everybody who waits is told, since nobody will answer later. */
    void close() {
        pending.drain(correlationId -> replies.raftError(correlationId, STOPPED));
        reads.drain(requestId -> refuse(requestId, STOPPED));
        members.close(false);
        store.endAllWatches();
    }

    private void reportFull(final boolean isFull) {
        if (isFull != isStoreFull) {
            isStoreFull = isFull;
            log.storeFull(isFull, store.nodeCount(), store.usedBytes());
        }
    }

    private long deadline() {
        return context.nanoTime().getAsLong() + context.requestTimeoutNanos();
    }

    /** The kind of a question fixes the type of its answer. */
    @SuppressWarnings("unchecked")
    private static <R> void answer(final AdminQuery<R> question, final Object result) {
        question.answer((R) result);
    }
}
