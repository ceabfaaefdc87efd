package io.larch.http.v3.service;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.http.engine.EngineAccess;
import io.larch.http.v3.rpc.CallTimers;
import io.larch.http.v3.rpc.RpcCall;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What the services of an event loop share: the way into the engine, a buffer for commands, the
 * header of answers, timers.
 *
 * <p>One event loop's.
 */
final class ServiceLoop {
    private static final int MAX_WATCHES = 100_000;
    private static final long MAX_WATCH_BYTES = 64 << 20;
    private static final long MAX_JOINED_BYTES = 64 << 20;
    private static final int MAX_STREAMS = 100_000;
    private static final long MAX_STREAM_BYTES = 64 << 20;

    private final ServiceSettings settings;
    private final EngineAccess engine;
    private final CallTimers timers;
    private final ResponseHeader header;
    private long raftTerm;
    private final RequestBudget watches = new RequestBudget(MAX_WATCHES, MAX_WATCH_BYTES);
    private final RequestBudget streams = new RequestBudget(MAX_STREAMS, MAX_STREAM_BYTES);
    private final JoinBudget joined = new JoinBudget(MAX_JOINED_BYTES);
    private final SplittableRandom random = new SplittableRandom();

    /** Grows to the longest request that there may be, and stays so. */
    private final ExpandableArrayBuffer command = new ExpandableArrayBuffer(4096);

    /** Where bytes go, as long as they are being copied. */
    private final UnsafeBuffer room = new UnsafeBuffer(0, 0);

    ServiceLoop(
            final ServiceSettings settings, final EngineAccess engine, final CallTimers timers) {
        this.settings = settings;
        this.engine = engine;
        this.timers = timers;
        this.header = new ResponseHeader(settings.clusterId(), settings.memberId());
    }

    /** An answer tells the term. */
    void noteTerm(final long raftTerm) {
        this.raftTerm = Math.max(this.raftTerm, raftTerm);
    }

    /** As told last; for answers that come without. */
    long raftTerm() {
        return raftTerm;
    }

    ServiceSettings settings() {
        return settings;
    }

    EngineAccess engine() {
        return engine;
    }

    CallTimers timers() {
        return timers;
    }

    /** Bounds the watches of all clients. */
    RequestBudget watches() {
        return watches;
    }

    /** Bounds the ranges that are being told in chunks, and what is kept of them. */
    RequestBudget streams() {
        return streams;
    }

    /** Bounds events that wait for the rest of their revision. */
    JoinBudget joined() {
        return joined;
    }

    ResponseHeader header() {
        return header;
    }

    /** Positive, of 63 bits. */
    long randomId() {
        return random.nextLong(1, Long.MAX_VALUE);
    }

    /** From 0, below the bound. */
    long randomNanos(final long bound) {
        return random.nextLong(bound);
    }

    /** Writes a command's body. */
    @FunctionalInterface
    interface Body {
        /** Returns the end of what it wrote. */
        int encode(MutableDirectBuffer target, int offset);
    }

    /**
     * Hands over a command whose body is in a buffer.
     *
     * @return false when the engine is full.
     */
    boolean offer(
            final byte type,
            final int flags,
            final long correlationId,
            final DirectBuffer body,
            final int offset,
            final int length) {
        final int at =
                KvCommand.encode(
                        command, 0, type, flags, correlationId, engine.epochNanos(), length);
        command.putBytes(at, body, offset, length);
        return engine.offer(command, at + length);
    }

    /** As the other, where a request makes the body of what a client sent. */
    boolean offer(
            final EngineRequest request,
            final int flags,
            final long correlationId,
            final DirectBuffer message,
            final int offset,
            final int length) {
        final byte type = request.type();
        final long nowNanos = engine.epochNanos();
        final int at = KvCommand.encode(command, 0, type, flags, correlationId, nowNanos, 0);
        final int end = request.encode(command, at, message, offset, length);
        KvCommand.encode(command, 0, type, flags, correlationId, nowNanos, end - at);
        return engine.offer(command, end);
    }

    /** As the other, where the body is made. */
    boolean offer(final byte type, final int flags, final long correlationId, final Body body) {
        final long nowNanos = engine.epochNanos();
        final int at = KvCommand.encode(command, 0, type, flags, correlationId, nowNanos, 0);
        final int end = body.encode(command, at);
        KvCommand.encode(command, 0, type, flags, correlationId, nowNanos, end - at);
        return engine.offer(command, end);
    }

    /** Answers with the header and one more piece of a message, and ends the call. */
    void reply(
            final RpcCall call,
            final long revision,
            final long raftTerm,
            final DirectBuffer body,
            final int offset,
            final int length) {
        call.answer(message(call, revision, raftTerm, body, offset, length));
    }

    /** A message of the header and what follows it. */
    ByteBuf message(
            final RpcCall call,
            final long revision,
            final long raftTerm,
            final DirectBuffer body,
            final int offset,
            final int length) {
        final ByteBuf message = call.message(header.encode(revision, raftTerm) + length);
        header.writeTo(message);
        append(message, body, offset, length);
        return message;
    }

    /** Copies bytes behind what a buffer with enough room has. */
    void append(
            final ByteBuf target, final DirectBuffer source, final int offset, final int length) {
        if (length > 0) {
            target.ensureWritable(length);
            final int at = target.writerIndex();
            if (target.hasMemoryAddress()) {
                // Without a ByteBuffer, which Netty would make for each buffer.
                room.wrap(target.memoryAddress() + at, length);
                room.putBytes(0, source, offset, length);
            } else {
                final ByteBuffer nio = target.internalNioBuffer(at, length);
                source.getBytes(offset, nio, nio.position(), length);
            }
            target.writerIndex(at + length);
        }
    }
}
