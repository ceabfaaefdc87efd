package io.larch.http.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSession;

/**
 * Stands in front of a connection until its handshake is over, and then goes. What the client sends
 * waits here until it is this handshake's turn; one that takes too long, comes without TLS or fails
 * ends here, is counted and told.
 *
 * <p>On the event loop's thread. Made by {@link Handshakes#begin}.
 */
public final class TlsHandshake extends ChannelDuplexHandler {
    /** From the connection's beginning to the end of the handshake. */
    static final long TIMEOUT_MS = 10_000;

    /** What a client that was refused may still send, since it had not heard of it. */
    private static final long LINGER_MS = 1_000;

    /** A last word of TLS is not waited for; whoever does not read keeps memory of others. */
    private static final long LAST_WORD_MS = 100;

    private static final int RECORD_HEADER = 5;
    private static final int HANDSHAKE_RECORD = 0x16;
    private static final Set<String> BEGINNINGS_OF_HTTP =
            Set.of("GET /", "HEAD ", "POST ", "PUT /", "DELET", "OPTIO", "PATCH", "TRACE", "CONNE");

    /** As Go answers. */
    private static final ByteBuf NOT_HTTPS =
            Unpooled.unreleasableBuffer(
                    Unpooled.copiedBuffer(
                                    "HTTP/1.0 400 Bad Request\r\n\r\n"
                                            + "Client sent an HTTP request to an HTTPS server.\n",
                                    StandardCharsets.US_ASCII)
                            .asReadOnly());

    private enum State {
        /** Of the first record there is not even the header. */
        NEW,
        /** No place yet among the open ones. */
        WAITING,
        /** Talks with the client. */
        OPEN,
        /** The client is told no; what it sends is dropped. */
        ENDING,
        OVER
    }

    private final Handshakes handshakes;
    private final Supplier<SslContext> contexts;
    private ChannelHandlerContext ctx;
    private State state = State.NEW;
    private ByteBuf received;
    private boolean isReady;
    private boolean isLingering;
    private SslHandler tls;
    private Future<?> deadline;

    TlsHandshake(final Handshakes handshakes, final Supplier<SslContext> contexts) {
        this.handshakes = handshakes;
        this.contexts = contexts;
    }

    @Override
    public void handlerAdded(final ChannelHandlerContext ctx) {
        ctx.pipeline().addAfter(ctx.name(), null, new TlsInput());
        this.ctx = ctx;
        deadline = ctx.executor().schedule(this::onDeadline, TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        final ByteBuf bytes = (ByteBuf) message;
        if (state == State.ENDING || state == State.OVER) {
            bytes.release();
            return;
        }
        received = received == null ? bytes : joined(received, bytes);
        if (state == State.NEW) {
            look();
        } else if (state == State.OPEN) {
            goOn();
        }
    }

    private static ByteBuf joined(final ByteBuf first, final ByteBuf second) {
        final ByteBuf both = first.alloc().buffer(first.readableBytes() + second.readableBytes());
        both.writeBytes(first).writeBytes(second);
        first.release();
        second.release();
        return both;
    }

    private void look() {
        final int at = received.readerIndex();
        if (received.getUnsignedByte(at) == HANDSHAKE_RECORD) {
            state = State.WAITING;
            ctx.channel().config().setAutoRead(false);
            handshakes.enter(this);
        } else if (received.readableBytes() >= RECORD_HEADER) {
            final String first = received.toString(at, RECORD_HEADER, StandardCharsets.ISO_8859_1);
            if (BEGINNINGS_OF_HTTP.contains(first)) {
                ctx.write(NOT_HTTPS.duplicate());
                fail(HandshakeFailure.PLAIN_HTTP);
            } else {
                fail(HandshakeFailure.NOT_TLS);
            }
            close(ctx, ctx.newPromise());
        }
    }

    /** There is a place. */
    void admit() {
        state = State.OPEN;
        isReady = true;
    }

    private void goOn() {
        if (!isReady) {
            isReady = true;
            // Till its turn the rest stays with the system.
            ctx.channel().config().setAutoRead(false);
            handshakes.goOn(this);
        }
    }

    /** Its turn: hands on what has come. */
    void step() {
        isReady = false;
        if (state != State.OPEN) {
            return;
        }
        if (tls == null) {
            begin();
        }
        ctx.channel().config().setAutoRead(true);
        final ByteBuf bytes = received;
        received = null;
        ctx.fireChannelRead(bytes);
        ctx.fireChannelReadComplete();
    }

    private void begin() {
        tls = contexts.get().newHandler(ctx.alloc(), handshakes.tasks());
        tls.setHandshakeTimeoutMillis(0);
        tls.setCloseNotifyFlushTimeoutMillis(LAST_WORD_MS);
        tls.handshakeFuture().addListener(this::onEnd);
        ctx.pipeline().addAfter(ctx.name(), null, tls);
    }

    private void onEnd(final Future<?> handshake) {
        if (state != State.OPEN) {
            return;
        }
        if (handshake.isSuccess()) {
            handshakes.succeeded();
            over();
            ctx.pipeline().remove(this);
        } else {
            // The handler of TLS closes, behind its alert.
            fail(HandshakeFailure.of(handshake.cause()));
        }
    }

    @Override
    public void handlerRemoved(final ChannelHandlerContext ctx) {
        over();
        if (received != null) {
            final ByteBuf rest = received;
            received = null;
            ctx.fireChannelRead(rest);
            ctx.fireChannelReadComplete();
        }
        if (ctx.channel().isActive() && !ctx.channel().config().isAutoRead()) {
            ctx.channel().config().setAutoRead(true);
        }
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext ctx) {
        // Told in step, behind what was read.
    }

    @Override
    public void userEventTriggered(final ChannelHandlerContext ctx, final Object event) {
        if (!(event instanceof ChannelInputShutdownEvent)) {
            ctx.fireUserEventTriggered(event);
        } else if (state == State.ENDING) {
            ctx.close();
        } else {
            fail(HandshakeFailure.GONE);
            ctx.close();
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext ctx) {
        if (state != State.ENDING && state != State.OVER) {
            handshakes.failed(ctx.channel().remoteAddress(), HandshakeFailure.GONE, "");
        }
        over();
        dropReceived();
        ctx.fireChannelInactive();
    }

    private void onDeadline() {
        if (state != State.OVER && state != State.ENDING) {
            fail(HandshakeFailure.TOO_SLOW);
            ctx.close();
        }
    }

    private void fail(final HandshakeFailure failure) {
        handshakes.failed(ctx.channel().remoteAddress(), failure, serverName());
        over();
        state = State.ENDING;
        dropReceived();
        ctx.channel().config().setAutoRead(true);
    }

    /** Behind what was written, and when the client has heard it: closing at once could cost it. */
    @Override
    public void close(final ChannelHandlerContext ctx, final ChannelPromise promise) {
        if (state != State.ENDING || !(ctx.channel() instanceof DuplexChannel duplex)) {
            ctx.flush();
            ctx.close(promise);
            return;
        }
        ctx.channel().closeFuture().addListener(closed -> promise.trySuccess());
        if (!isLingering) {
            isLingering = true;
            deadline = ctx.executor().schedule(() -> ctx.close(), LINGER_MS, TimeUnit.MILLISECONDS);
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> half(duplex));
        }
    }

    private void half(final DuplexChannel duplex) {
        if (duplex.isInputShutdown()) {
            ctx.close();
        } else {
            duplex.shutdownOutput();
        }
    }

    private void over() {
        if (state == State.OPEN || state == State.WAITING) {
            handshakes.leave(this, state == State.OPEN);
        }
        state = State.OVER;
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    private void dropReceived() {
        if (received != null) {
            received.release();
            received = null;
        }
    }

    /** The host that the client says it wants; empty when it says none. */
    private String serverName() {
        if (tls == null) {
            return "";
        }
        final SSLSession session = tls.engine().getHandshakeSession();
        if (session instanceof ExtendedSSLSession extended) {
            try {
                for (final SNIServerName name : extended.getRequestedServerNames()) {
                    if (name instanceof SNIHostName host) {
                        return host.getAsciiName();
                    }
                }
            } catch (final UnsupportedOperationException e) {
                return "";
            }
        }
        return "";
    }
}
