package io.larch.engine.request;

import io.larch.engine.application.Result;
import io.larch.engine.application.WatchSink;
import io.larch.engine.apply.AppliedPosition;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.Reply;
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

    static {
        if (RequestPort.ID_SHIFT != WAY_SHIFT) {
            throw new AssertionError("a port is a way");
        }
    }

    private final Reply reply = new Reply();
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
            stamp(Reply.Kind.RESULT, correlationId, result.storeIndex())
                    .created(result.isCreated())
                    .listing(result.listing())
                    .bytes(result.event(), result.eventOffset(), result.eventLength());
            send();
        } else {
            error(
                    correlationId,
                    ErrorCode.of(result.errorCode()),
                    result.storeIndex(),
                    result.cause(),
                    result.causeLength());
        }
    }

    /** Whether a port has more to tell than it can take: its reads had better wait. */
    @Override
    public boolean isBehind(final long correlationId) {
        return handler(correlationId).isBehind();
    }

    void readOpened(final long correlationId) {
        reply.begin(Reply.Kind.READ_OPENED, correlationId);
        send();
    }

    void readPart(
            final long correlationId,
            final long storeIndex,
            final DirectBuffer part,
            final int length,
            final boolean isLast) {
        stamp(Reply.Kind.READ_PART, correlationId, storeIndex).bytes(part, 0, length).last(isLast);
        send();
    }

    void readCut(final long correlationId) {
        reply.begin(Reply.Kind.READ_CUT, correlationId);
        send();
    }

    void error(
            final long correlationId,
            final ErrorCode error,
            final long storeIndex,
            final String cause) {
        final byte[] bytes = cause.getBytes(StandardCharsets.UTF_8);
        error(correlationId, error, storeIndex, new UnsafeBuffer(bytes), bytes.length);
    }

    private void error(
            final long correlationId,
            final ErrorCode error,
            final long storeIndex,
            final DirectBuffer cause,
            final int length) {
        reply.begin(Reply.Kind.ERROR, correlationId)
                .error(error)
                .indexes(storeIndex, 0, 0)
                .bytes(cause, 0, length);
        send();
    }

    /** A request that raft could not take or finish: code 300, index 0, as etcd. */
    public void raftError(final long correlationId, final String cause) {
        error(correlationId, ErrorCode.RAFT_INTERNAL, 0, cause);
    }

    @Override
    public void onWatchStart(final long correlationId, final long storeIndex) {
        stamp(Reply.Kind.WATCH_START, correlationId, storeIndex);
        send();
    }

    @Override
    public void onEvents(
            final long[] correlationIds,
            final int count,
            final DirectBuffer event,
            final int offset,
            final int length) {
        if (handlers.length == 1) {
            handlers[0].onReply(
                    reply.beginEvent(correlationIds, count).bytes(event, offset, length));
            return;
        }
        for (int port = 0; port < handlers.length; port++) {
            final int members = select(port, correlationIds, count);
            if (members > 0) {
                handlers[port].onReply(
                        reply.beginEvent(group, members).bytes(event, offset, length));
            }
        }
    }

    @Override
    public void onWatchEnd(final long correlationId) {
        reply.begin(Reply.Kind.WATCH_END, correlationId);
        send();
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

    private Reply stamp(final Reply.Kind kind, final long correlationId, final long storeIndex) {
        return reply.begin(kind, correlationId)
                .indexes(storeIndex, applied.index(), applied.term());
    }

    private void send() {
        handler(reply.correlationId()).onReply(reply);
    }

    private ReplyHandler handler(final long correlationId) {
        return handlers[portOf(correlationId)];
    }
}
