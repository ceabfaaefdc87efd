package io.larch.engine.request;

import io.larch.engine.application.Result;
import io.larch.engine.application.WatchSink;
import io.larch.engine.apply.AppliedPosition;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.ReplyHandler;
import io.larch.engine.port.RequestPort;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The ways back to the edges: finds the port of a correlation id and stamps replies with what this
 * member applied last. Owned by the engine thread.
 */
public final class ReplyRouter implements WatchSink {
    private static final int MAX_PORTS = 1 << 15;

    private final UnsafeBuffer empty = new UnsafeBuffer(new byte[0]);
    private final AppliedPosition applied;
    private ReplyHandler[] handlers = new ReplyHandler[0];
    private long[] group = new long[64];

    public ReplyRouter(final AppliedPosition applied) {
        this.applied = applied;
    }

    /** Adds a port; its number stands in the top 16 bits of its correlation ids. */
    public int add(final ReplyHandler handler) {
        if (handlers.length >= MAX_PORTS) {
            throw new IllegalStateException("too many request ports: " + handlers.length);
        }
        final ReplyHandler[] extended = java.util.Arrays.copyOf(handlers, handlers.length + 1);
        extended[handlers.length] = handler;
        handlers = extended;
        return handlers.length - 1;
    }

    static int portOf(final long correlationId) {
        return (int) (correlationId >>> RequestPort.ID_SHIFT);
    }

    /** What became of a command. */
    void reply(final long correlationId, final Result result) {
        if (result.isOk()) {
            result(
                    correlationId,
                    result.isCreated(),
                    result.storeIndex(),
                    result.event(),
                    result.eventOffset(),
                    result.eventLength());
        } else {
            error(
                    correlationId,
                    result.errorCode(),
                    result.storeIndex(),
                    result.cause(),
                    result.causeLength());
        }
    }

    private void result(
            final long correlationId,
            final boolean created,
            final long storeIndex,
            final DirectBuffer event,
            final int offset,
            final int length) {
        handler(correlationId)
                .onResult(
                        correlationId,
                        created,
                        storeIndex,
                        applied.index(),
                        applied.term(),
                        event,
                        offset,
                        length);
    }

    /** Whether a port has more to tell than it can take: its reads had better wait. */
    boolean isBehind(final long correlationId) {
        return handler(correlationId).isBehind();
    }

    void readOpened(final long correlationId) {
        handler(correlationId).onReadOpened(correlationId);
    }

    void readPart(
            final long correlationId,
            final long storeIndex,
            final DirectBuffer part,
            final int length,
            final boolean isLast) {
        handler(correlationId)
                .onReadPart(
                        correlationId,
                        storeIndex,
                        applied.index(),
                        applied.term(),
                        part,
                        0,
                        length,
                        isLast);
    }

    void readCut(final long correlationId) {
        handler(correlationId).onReadCut(correlationId);
    }

    public void error(
            final long correlationId,
            final int errorCode,
            final long storeIndex,
            final DirectBuffer cause,
            final int length) {
        handler(correlationId).onError(correlationId, errorCode, storeIndex, cause, 0, length);
    }

    public void error(final long correlationId, final ErrorCode error, final long storeIndex) {
        error(correlationId, error.code(), storeIndex, empty, 0);
    }

    public void error(
            final long correlationId,
            final ErrorCode error,
            final long storeIndex,
            final String cause) {
        final byte[] bytes = cause.getBytes(StandardCharsets.UTF_8);
        error(correlationId, error.code(), storeIndex, new UnsafeBuffer(bytes), bytes.length);
    }

    /** A request that raft could not take or finish: code 300, index 0, as etcd. */
    public void raftError(final long correlationId, final String cause) {
        error(correlationId, ErrorCode.RAFT_INTERNAL, 0, cause);
    }

    @Override
    public void onWatchStart(final long correlationId, final long storeIndex) {
        handler(correlationId)
                .onWatchStart(correlationId, storeIndex, applied.index(), applied.term());
    }

    @Override
    public void onEvents(
            final long[] correlationIds,
            final int count,
            final DirectBuffer event,
            final int offset,
            final int length) {
        if (handlers.length == 1) {
            handlers[0].onEvents(correlationIds, count, event, offset, length);
            return;
        }
        for (int port = 0; port < handlers.length; port++) {
            final int members = select(port, correlationIds, count);
            if (members > 0) {
                handlers[port].onEvents(group, members, event, offset, length);
            }
        }
    }

    @Override
    public void onWatchEnd(final long correlationId) {
        handler(correlationId).onWatchEnd(correlationId);
    }

    /** The engine has no more answers for now. */
    public void endBatch() {
        for (final ReplyHandler handler : handlers) {
            handler.onBatchEnd();
        }
    }

    /** Order within a port is kept; between ports there is none to keep. */
    private int select(final int port, final long[] correlationIds, final int count) {
        if (group.length < count) {
            group = new long[Math.max(count, group.length * 2)];
        }
        int members = 0;
        for (int i = 0; i < count; i++) {
            if (portOf(correlationIds[i]) == port) {
                group[members++] = correlationIds[i];
            }
        }
        return members;
    }

    private ReplyHandler handler(final long correlationId) {
        return handlers[portOf(correlationId)];
    }
}
