package io.larch.http;

import io.larch.engine.port.Reply;
import io.larch.http.output.EventFrames;
import io.larch.http.output.Outlet;
import io.larch.http.text.JsonWriter;
import io.larch.http.v3.gateway.GatewayErrors;
import io.larch.http.v3.gateway.JsonException;
import io.larch.http.v3.gateway.JsonRequest;
import io.larch.http.v3.gateway.JsonResponse;
import io.larch.http.v3.gateway.Route;
import io.larch.http.v3.rpc.CallTimers;
import io.larch.http.v3.rpc.RpcCall;
import io.larch.http.v3.rpc.RpcHandler;
import io.larch.http.v3.rpc.RpcMethod;
import io.larch.http.v3.rpc.StatusCode;
import io.larch.http.wire.Headers;
import io.larch.http.wire.HttpRequest;
import io.larch.http.wire.ReplyWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A call by the JSON gateway: the request's body holds its messages, all of which the service gets
 * at once. The answer of a method that has one is an object; the answers of others are a line each.
 * A message that comes in pieces is printed as they come.
 *
 * <p>On the event loop's thread.
 */
final class GatewayExchange implements EngineExchange, RpcCall {
    private static final byte[] HEADERS =
            Headers.lines(
                    "Content-Type: application/json",
                    "Grpc-Metadata-Content-Type: application/grpc");
    private static final String METADATA = "grpc-metadata-";

    /** How much longer than its message a body may be: bytes are in base64 there. */
    private static final double BASE64_LONGER = 4.0 / 3;

    private final ClientConnection connection;
    private final EdgeLoop loop;
    private final Route route;
    private final RpcMethod method;
    private final EventFrames frames = new EventFrames();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private RpcHandler handler;
    private boolean hasMessage;
    private boolean isHeadSent;
    private boolean isOver;
    private long timer = CallTimers.NONE;

    /** The one answer of a method that has one, until the call is over. */
    private ByteBuf answer;

    /** A message that comes in pieces; null when none does. */
    private GatewayPieces pieces;

    GatewayExchange(
            final ClientConnection connection,
            final EdgeLoop loop,
            final Route route,
            final RpcMethod method) {
        this.connection = connection;
        this.loop = loop;
        this.route = route;
        this.method = method;
    }

    @Override
    public ClientConnection connection() {
        return connection;
    }

    /** Begins with the connection's request; it may be answered within the call. */
    void start() {
        if (!isBodyTaken()) {
            return;
        }
        final RpcHandler begun = method.starter().apply(this);
        if (isOver) {
            // The service has ended the call before there was anybody to be told so.
            begun.onClosed();
            return;
        }
        handler = begun;
        readBody(connection.request());
        if (!isOver) {
            handler.onHalfClose();
        }
        awaitFirstAnswerIfUnheard();
    }

    /** Before anything of it is parsed: that takes some times the memory of the body. */
    private boolean isBodyTaken() {
        final HttpRequest request = connection.request();
        final long maxBytes = loop.context().v3().maxMessageBytes();
        if (request.bodyError() != null) {
            end(
                    HttpRequest.TOO_LARGE.equals(request.bodyError())
                            ? StatusCode.RESOURCE_EXHAUSTED
                            : StatusCode.INVALID_ARGUMENT,
                    request.bodyError());
        } else if (request.bodyLength() > BASE64_LONGER * maxBytes) {
            endTooLong(request.bodyLength());
        }
        return !isOver;
    }

    private void readBody(final HttpRequest request) {
        try {
            if (request.bodyLength() > 0) {
                new JsonRequest()
                        .read(
                                request.body(),
                                0,
                                request.bodyLength(),
                                route.request(),
                                this::onMessage);
            } else if (!method.isClientStreaming()) {
                onMessage(view, 0, 0);
            }
        } catch (final JsonException e) {
            end(
                    method.isClientStreaming() ? StatusCode.UNKNOWN : StatusCode.INVALID_ARGUMENT,
                    e.getMessage());
        }
    }

    private void endTooLong(final int length) {
        end(
                StatusCode.RESOURCE_EXHAUSTED,
                "grpc: received message larger than max ("
                        + length
                        + " vs. "
                        + loop.context().v3().maxMessageBytes()
                        + ")");
    }

    /** Of a method that has one request, what follows it is of no meaning. */
    private void onMessage(final DirectBuffer buffer, final int offset, final int length) {
        if (isOver || hasMessage && !method.isClientStreaming()) {
            return;
        }
        hasMessage = true;
        if (length > loop.context().v3().maxMessageBytes()) {
            endTooLong(length);
        } else {
            handler.onMessage(buffer, offset, length);
        }
    }

    // --- the call as its service sees it ---

    @Override
    public Outlet outlet() {
        return connection;
    }

    @Override
    public ByteBufAllocator alloc() {
        return connection.alloc();
    }

    /** Headers that the gateway hands on: those that say so, and who asks. */
    @Override
    public CharSequence metadata(final String name) {
        final String handedOn = connection.request().header(METADATA + name);
        final String value =
                handedOn.isEmpty() && "authorization".equals(name)
                        ? connection.request().header(name)
                        : handedOn;
        return value.isEmpty() ? null : value;
    }

    @Override
    public ByteBuf message(final int length) {
        return connection.alloc().directBuffer(length);
    }

    @Override
    public void send(final ByteBuf message) {
        if (isOver) {
            message.release();
        } else if (method.isServerStreaming()) {
            try {
                line(message);
            } finally {
                message.release();
            }
        } else {
            release(answer);
            answer = message;
        }
    }

    private void line(final ByteBuf message) {
        final JsonWriter json = connection.replies().body();
        json.out().put("{\"result\":");
        print(json, message);
        json.out().put("}\n");
        writeBody();
    }

    private void print(final JsonWriter json, final ByteBuf message) {
        final JsonResponse response = new JsonResponse(route.answer(), json);
        view.wrap(message.nioBuffer());
        response.print(view, 0, message.readableBytes());
        response.end();
    }

    @Override
    public void sendLong(final long length, final ByteBuf first) {
        if (isOver) {
            first.release();
            return;
        }
        final JsonWriter json = connection.replies().body();
        pieces = new GatewayPieces(new JsonResponse(route.answer(), json), length, alloc());
        json.out().put(method.isServerStreaming() ? "{\"result\":" : "");
        printPiece(json, first);
    }

    @Override
    public void sendPiece(final ByteBuf piece) {
        if (isOver) {
            piece.release();
        } else {
            printPiece(connection.replies().body(), piece);
        }
    }

    private void printPiece(final JsonWriter json, final ByteBuf piece) {
        if (pieces.print(piece)) {
            pieces = null;
            json.out().put(method.isServerStreaming() ? "}\n" : "");
        }
        writeBody();
    }

    /** Writes what is printed, behind a head that has been written. */
    private void writeBody() {
        final boolean isEmpty = connection.replies().printed().length() == 0;
        if (!isHeadSent) {
            isHeadSent = true;
            connection.timeout().clear();
            connection.write(
                    connection
                            .replies()
                            .streamHead(connection.alloc(), connection.request(), HEADERS));
        }
        if (!isEmpty) {
            frames.start(connection.replies().printed());
            connection.write(
                    frames.frame(connection.alloc(), !connection.request().isHttp10(), false));
            frames.release();
        }
    }

    @Override
    public void end() {
        if (isOver) {
            return;
        }
        if (isHeadSent) {
            endBody();
        } else {
            final JsonWriter json = connection.replies().body();
            if (answer != null) {
                print(json, answer);
            }
            reply(200, HEADERS);
        }
    }

    @Override
    public void end(final int status, final String text) {
        if (isOver) {
            return;
        }
        final JsonWriter json = connection.replies().body();
        if (isHeadSent) {
            final int httpStatus = GatewayErrors.httpStatus(status);
            GatewayErrors.printLast(json, status, text, ReplyWriter.reason(httpStatus));
            writeBody();
            endBody();
        } else {
            GatewayErrors.print(json, status, text);
            reply(GatewayErrors.httpStatus(status), Headers.JSON);
        }
    }

    private void reply(final int status, final byte[] headers) {
        connection.write(
                connection
                        .replies()
                        .reply(
                                connection.alloc(),
                                connection.request(),
                                status,
                                headers,
                                false,
                                ReplyWriter.NO_INDEX,
                                ReplyWriter.NO_INDEX,
                                ReplyWriter.NO_INDEX));
        finish();
        connection.end(false);
    }

    private void endBody() {
        connection.endStream();
        finish();
        connection.end(connection.request().isHttp10());
    }

    private void finish() {
        isOver = true;
        loop.timers().clear(timer);
        timer = CallTimers.NONE;
        answer = release(answer);
        if (pieces != null) {
            pieces.release();
            pieces = null;
        }
        if (handler != null) {
            handler.onClosed();
        }
    }

    private static ByteBuf release(final ByteBuf bytes) {
        if (bytes != null) {
            bytes.release();
        }
        return null;
    }

    @Override
    public boolean isWritable() {
        return connection.isWritable();
    }

    @Override
    public long pendingBytes() {
        return connection.lag().pendingBytes();
    }

    @Override
    public void bePatient() {
        connection.lag().bePatient();
    }

    @Override
    public void expireAt(final long nanos) {
        if (isOver) {
            return;
        }
        loop.timers().clear(timer);
        timer = CallTimers.NONE;
        if (nanos != NEVER) {
            timer =
                    loop.timers()
                            .set(nanos, loop.context().monotonicNanos().getAsLong(), this::onTimer);
        }
    }

    private void onTimer() {
        timer = CallTimers.NONE;
        if (!isOver) {
            handler.onTimeout();
        }
    }

    // --- the connection's news ---

    @Override
    public void onWritable() {
        if (!isOver) {
            handler.onWritable();
        }
    }

    /** The engine's answers go to the service itself. */
    @Override
    public void onError(final Reply error) {
        throw new IllegalStateException("no answer is awaited here");
    }

    /**
     * An endless call ends when its client has said its last word, or cannot be heard any more, as
     * {@link WatchExchange} does; what it has been told so far is on its way then.
     */
    private void endIfUnheard() {
        if (!isOver && isHeadSent && route.isEndless() && connection.isInputEndedOrFull()) {
            end();
        }
    }

    /** A client that is gone may have asked for nothing that is answered. */
    private void awaitFirstAnswerIfUnheard() {
        if (!isOver && !isHeadSent && route.isEndless() && connection.isInputEndedOrFull()) {
            connection.timeout().awaitReply();
        }
    }

    @Override
    public void onInput() {
        endIfUnheard();
        awaitFirstAnswerIfUnheard();
    }

    @Override
    public void onInputEnd() {
        if (route.isEndless()) {
            endIfUnheard();
            awaitFirstAnswerIfUnheard();
            loop.flushes().flushUnlessReading();
        }
    }

    @Override
    public void onFlush() {
        // Only now: what a watch found in the past is written by the end of a batch.
        endIfUnheard();
    }

    /** Only an endless call of a client that is not heard waits here; others have own timers. */
    @Override
    public void onTimeout() {
        end(StatusCode.UNAVAILABLE, EdgeLoop.TIMED_OUT);
    }

    @Override
    public void onClosed() {
        if (!isOver) {
            finish();
        }
    }
}
