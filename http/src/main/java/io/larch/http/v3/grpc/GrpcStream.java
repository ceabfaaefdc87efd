package io.larch.http.v3.grpc;

import io.larch.http.output.Outlet;
import io.larch.http.v3.http2.ServerStream;
import io.larch.http.v3.http2.StreamHandler;
import io.larch.http.v3.rpc.CallTimers;
import io.larch.http.v3.rpc.RpcCall;
import io.larch.http.v3.rpc.RpcHandler;
import io.larch.http.v3.rpc.RpcMethod;
import io.larch.http.v3.rpc.StatusCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.agrona.DirectBuffer;

/**
 * One gRPC call on its stream. Head, message and trailers of an answer are written one behind the
 * other and go out together.
 *
 * <p>While more waits for the client than {@link #HELD_BYTES}, or its service says so, what it
 * sends is taken but not acknowledged, so that its window closes: who does not read its answers
 * cannot go on asking. Who does not go on with a message that it has begun is not waited for.
 *
 * <p>On the event loop's thread.
 */
public final class GrpcStream implements StreamHandler, RpcCall, MessageReader.Messages, Runnable {
    private static final String GRPC = "application/grpc";
    private static final int HELD_BYTES = 64 << 10;
    private static final long UNSET = Long.MAX_VALUE;

    // Their hashes are known to them.
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    private static final AsciiString ENCODING = AsciiString.cached("grpc-encoding");
    private static final AsciiString TIMEOUT = AsciiString.cached("grpc-timeout");

    /** What services ask of a request's headers. */
    private static final AsciiString[] METADATA = {
        AsciiString.cached("token"),
        AsciiString.cached("authorization"),
        AsciiString.cached("hasleader")
    };

    private final GrpcLoop loop;
    private final ServerStream stream;

    /** In the order of the names; null without any. */
    private CharSequence[] metadata;

    private RpcMethod method;
    private RpcHandler handler;
    private MessageReader reader;
    private boolean isHeadSent;
    private boolean isOver;
    private boolean hasMessage;
    private boolean isEndOfInput;
    private boolean isHeld;

    /** The service has been told that the client is behind. */
    private boolean isReaderAwaited;

    private int heldBytes;
    private long timer = CallTimers.NONE;
    private long clientDeadline = UNSET;
    private long ownDeadline = UNSET;
    private long senderDeadline = UNSET;
    private long timerNanos = UNSET;

    public GrpcStream(final GrpcLoop loop, final ServerStream stream) {
        this.loop = loop;
        this.stream = stream;
    }

    /** Whether a request is for gRPC: by its content type, or by its path. */
    public static boolean isGrpc(final GrpcLoop loop, final Http2Headers headers) {
        final CharSequence path = headers.path();
        return path != null && (hasGrpcType(headers) || loop.method(path) != null);
    }

    private static boolean hasGrpcType(final Http2Headers headers) {
        final CharSequence type = headers.get(CONTENT_TYPE);
        if (type == null || type.length() < GRPC.length()) {
            return false;
        }
        for (int i = 0; i < GRPC.length(); i++) {
            if ((type.charAt(i) | 0x20) != GRPC.charAt(i) && type.charAt(i) != GRPC.charAt(i)) {
                return false;
            }
        }
        if (type.length() == GRPC.length()) {
            return true;
        }
        final char next = type.charAt(GRPC.length());
        return next == '+' || next == ';';
    }

    @Override
    public void onOpen(final Http2Headers headers, final boolean isEnd) {
        begin(headers);
        if (isEnd) {
            onEnd();
        } else {
            awaitSender();
        }
    }

    private void begin(final Http2Headers headers) {
        if (!AsciiString.contentEquals("POST", headers.method())) {
            refuse(GrpcHeaders.METHOD_NOT_ALLOWED);
            return;
        }
        if (!hasGrpcType(headers)) {
            refuse(GrpcHeaders.UNSUPPORTED_MEDIA_TYPE);
            return;
        }
        method = loop.method(headers.path());
        if (method == null) {
            end(StatusCode.UNIMPLEMENTED, unknown(headers.path().toString()));
            return;
        }
        final CharSequence encoding = headers.get(ENCODING);
        if (encoding != null && !"identity".contentEquals(encoding)) {
            end(
                    StatusCode.UNIMPLEMENTED,
                    "grpc: Decompressor is not installed for grpc-encoding \"" + encoding + '"');
            return;
        }
        final CharSequence timeout = headers.get(TIMEOUT);
        if (timeout != null && !setTimeout(GrpcTimeout.nanos(timeout))) {
            end(StatusCode.INTERNAL, "malformed grpc-timeout: " + timeout);
            return;
        }
        reader =
                new MessageReader(
                        this, loop.maxMessageBytes(), loop.budget(), stream.alloc(), loop.view());
        keepMetadata(headers);
        handler = method.starter().apply(this);
    }

    /** The others may be long, and are not kept. */
    private void keepMetadata(final Http2Headers headers) {
        for (int i = 0; i < METADATA.length; i++) {
            final CharSequence value = headers.get(METADATA[i]);
            if (value != null) {
                if (metadata == null) {
                    metadata = new CharSequence[METADATA.length];
                }
                metadata[i] = value;
            }
        }
    }

    private void refuse(final Http2Headers answer) {
        isOver = true;
        isHeadSent = true;
        stream.headers(answer, true);
    }

    private String unknown(final String path) {
        final int slash = path.lastIndexOf('/');
        final String service = slash <= 0 ? path : path.substring(1, slash);
        return slash > 0 && loop.hasService(path)
                ? "unknown method " + path.substring(slash + 1) + " for service " + service
                : "unknown service " + service;
    }

    // --- time ---

    private boolean setTimeout(final long nanos) {
        if (nanos == GrpcTimeout.MALFORMED) {
            return false;
        }
        final long now = loop.nanoTime();
        if (nanos < Long.MAX_VALUE - now) {
            clientDeadline = now + nanos;
            setTimer();
        }
        return true;
    }

    @Override
    public void expireAt(final long nanos) {
        ownDeadline = nanos;
        if (!isOver) {
            setTimer();
        }
    }

    /** A client that has begun with something has to go on; one that may be silent may be so. */
    private void awaitSender() {
        if (isOver || reader == null) {
            return;
        }
        final boolean isAwaited =
                !isEndOfInput
                        && (reader.isMidMessage() || !hasMessage && !method.isClientStreaming());
        senderDeadline = isAwaited ? loop.nanoTime() + loop.senderNanos() : UNSET;
        setTimer();
    }

    /** A timer that comes too early looks again; it costs less than to set another. */
    private void setTimer() {
        final long nanos = Math.min(Math.min(ownDeadline, clientDeadline), senderDeadline);
        if (nanos < timerNanos) {
            loop.timers().clear(timer);
            timerNanos = nanos;
            timer = loop.timers().set(nanos, loop.nanoTime(), this);
        }
    }

    /** Its timer's time is over. */
    @Override
    public void run() {
        timer = CallTimers.NONE;
        timerNanos = UNSET;
        if (isOver) {
            return;
        }
        final long now = loop.nanoTime();
        if (clientDeadline <= now && clientDeadline <= ownDeadline) {
            end(StatusCode.DEADLINE_EXCEEDED, "context deadline exceeded");
        } else if (ownDeadline <= now) {
            ownDeadline = UNSET;
            handler.onTimeout();
        } else if (senderDeadline <= now) {
            end(StatusCode.DEADLINE_EXCEEDED, "the rest of the request did not come in time");
        }
        if (!isOver) {
            setTimer();
        }
    }

    // --- what the client sends ---

    @Override
    public boolean onData(final ByteBuf data) {
        if (isOver || reader == null) {
            return true;
        }
        final int length = data.readableBytes();
        reader.add(data);
        awaitSender();
        if (!isOver && (isHeld || isFull())) {
            heldBytes += length;
            return false;
        }
        return true;
    }

    @Override
    public void onMessage(final DirectBuffer buffer, final int offset, final int length) {
        if (isOver) {
            return;
        }
        if (hasMessage && !method.isClientStreaming()) {
            end(StatusCode.INTERNAL, "more than one request of a unary call");
            return;
        }
        hasMessage = true;
        handler.onMessage(buffer, offset, length);
    }

    @Override
    public void onTooLong(final long length, final int maxBytes) {
        end(
                StatusCode.RESOURCE_EXHAUSTED,
                "grpc: received message larger than max (" + length + " vs. " + maxBytes + ")");
    }

    @Override
    public void onCompressed() {
        end(StatusCode.UNIMPLEMENTED, "grpc: compressed flag set with identity or empty encoding");
    }

    @Override
    public void onNoMemory() {
        end(StatusCode.RESOURCE_EXHAUSTED, "etcdserver: too many requests");
    }

    @Override
    public void onEnd() {
        if (isOver) {
            return;
        }
        isEndOfInput = true;
        senderDeadline = UNSET;
        if (reader.isMidMessage()) {
            end(StatusCode.INTERNAL, "unexpected EOF");
        } else if (!hasMessage && !method.isClientStreaming()) {
            end(StatusCode.INTERNAL, "no request");
        } else {
            handler.onHalfClose();
        }
    }

    @Override
    public void onWritable() {
        isReaderAwaited = false;
        acknowledge();
        if (!isOver && handler != null) {
            handler.onWritable();
        }
    }

    /** Of what goes out at once the windows say nothing. */
    @Override
    public void onFlush() {
        if (isReaderAwaited && !isFull()) {
            onWritable();
        } else {
            acknowledge();
        }
    }

    private void acknowledge() {
        if (heldBytes > 0 && (isOver || !isHeld && !isFull())) {
            final int bytes = heldBytes;
            heldBytes = 0;
            stream.consumed(bytes);
        }
    }

    private boolean isFull() {
        return stream.heldBytes() > HELD_BYTES;
    }

    @Override
    public boolean isBehind() {
        final boolean isFull = isFull();
        isReaderAwaited |= isFull;
        return isFull;
    }

    @Override
    public void hold(final boolean isHeld) {
        this.isHeld = isHeld;
        acknowledge();
    }

    @Override
    public void onShutdown() {
        if (!isOver) {
            handler.onShutdown();
        }
    }

    @Override
    public void onClosed() {
        finish();
    }

    // --- the answer ---

    @Override
    public Outlet outlet() {
        return stream;
    }

    @Override
    public ByteBufAllocator alloc() {
        return stream.alloc();
    }

    @Override
    public CharSequence metadata(final String name) {
        for (int i = 0; metadata != null && i < METADATA.length; i++) {
            if (METADATA[i].contentEquals(name)) {
                return metadata[i];
            }
        }
        return null;
    }

    @Override
    public ByteBuf message(final int length) {
        final ByteBuf message = stream.alloc().directBuffer(MessageReader.HEAD_LENGTH + length);
        return message.writeByte(0).writeInt(length);
    }

    @Override
    public void send(final ByteBuf message) {
        if (isOver) {
            message.release();
            return;
        }
        head();
        stream.data(message, false);
    }

    @Override
    public ByteBuf shortMessage(final int length) {
        if (isOver) {
            return message(length);
        }
        head();
        final ByteBuf room = stream.room(MessageReader.HEAD_LENGTH + length);
        return room == null ? message(length) : room.writeByte(0).writeInt(length);
    }

    @Override
    public void sendShort(final ByteBuf message) {
        if (!stream.isRoom(message)) {
            send(message);
        }
    }

    @Override
    public void answer(final ByteBuf message) {
        if (isOver || !stream.takesAnswer(message.readableBytes())) {
            send(message);
            end();
            return;
        }
        isHeadSent = true;
        stream.answer(GrpcHeaders.HEAD_BLOCK, message, GrpcHeaders.SUCCESS_BLOCK);
        finish();
    }

    @Override
    public void sendLong(final long length, final ByteBuf first) {
        if (length > Integer.MAX_VALUE) {
            first.release();
            end(StatusCode.RESOURCE_EXHAUSTED, "grpc: trying to send message larger than max");
            return;
        }
        final ByteBuf frame = stream.alloc().directBuffer(MessageReader.HEAD_LENGTH);
        send(frame.writeByte(0).writeInt((int) length));
        sendPiece(first);
    }

    @Override
    public void sendPiece(final ByteBuf piece) {
        if (isOver) {
            piece.release();
        } else {
            stream.data(piece, false);
        }
    }

    private void head() {
        if (!isHeadSent) {
            isHeadSent = true;
            stream.headers(GrpcHeaders.HEAD, false);
        }
    }

    @Override
    public void end() {
        if (!isOver) {
            head();
            stream.headers(GrpcHeaders.SUCCESS, true);
            finish();
        }
    }

    @Override
    public void end(final int status, final String text) {
        if (!isOver) {
            stream.headers(GrpcHeaders.failure(!isHeadSent, status, text), true);
            isHeadSent = true;
            finish();
        }
    }

    private void finish() {
        if (isOver) {
            return;
        }
        isOver = true;
        loop.timers().clear(timer);
        timer = CallTimers.NONE;
        metadata = null;
        acknowledge();
        if (reader != null) {
            reader.stop();
        }
        if (handler != null) {
            handler.onClosed();
        }
    }

    @Override
    public boolean isWritable() {
        return stream.isWritable();
    }

    @Override
    public long windowBytes() {
        return stream.windowBytes();
    }

    @Override
    public long pendingBytes() {
        return stream.pendingBytes();
    }

    @Override
    public void bePatient() {
        stream.lag().bePatient();
    }
}
