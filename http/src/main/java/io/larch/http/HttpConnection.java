package io.larch.http;

import io.larch.http.output.EventFrames;
import io.larch.http.output.ReaderLag;
import io.larch.http.route.PageTable;
import io.larch.http.tls.TlsInput;
import io.larch.http.wire.HttpRequest;
import io.larch.http.wire.ReplyWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * One client's connection: takes its requests one by one, in order, and writes their replies. The
 * next request is looked at when the one before is answered. What the client sends is the {@link
 * RequestReader}'s; what happens to a request until it is answered is its {@link EngineExchange}'s.
 *
 * <p>All methods run on the event loop's thread. An answer may arrive while the request is still
 * being handed over; nothing is assumed about the state afterwards.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter implements ClientConnection {
    private enum State {
        /** Decoding a request, or between two. */
        READING,
        /** A request has its exchange. */
        ANSWERING,
        /** Nothing more is read; the last bytes are on their way. */
        CLOSING,
        CLOSED
    }

    private final EdgeLoop loop;
    private final Flushes flushes;
    private final PageTable pages;
    private final ReplyWriter replies;
    private final Exchanges exchanges;
    private final Timeout timeout;
    private ChannelHandlerContext ctx;
    private RequestReader input;
    private ReaderLag lag;
    private State state = State.READING;
    private boolean isPumping;
    private boolean isDirty;

    /** Of the request that is being answered; else null. */
    private EngineExchange exchange;

    HttpConnection(final EdgeLoop loop, final PageTable pages) {
        this.loop = loop;
        this.flushes = loop.flushes();
        this.pages = pages;
        this.replies = pages.isForPeers() ? loop.peerReplies() : loop.replies();
        this.exchanges = new Exchanges(this, loop);
        this.timeout = new Timeout(this, loop.deadlines());
    }

    // --- the channel's side ---

    @Override
    public void handlerAdded(final ChannelHandlerContext ctx) {
        this.ctx = ctx;
        lag = new ReaderLag(ctx.channel());
        input = new RequestReader(loop, pages, ctx.channel());
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        final ByteBuf bytes = (ByteBuf) message;
        if (state == State.CLOSING || state == State.CLOSED) {
            bytes.release();
            return;
        }
        flushes.startReading();
        input.add(bytes);
        pump();
        if (exchange != null) {
            exchange.onInput();
        }
        watchSender(true);
        input.limit();
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext ctx) {
        flushes.endReading();
        if (isDirty) {
            flush();
        }
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            if (exchange != null) {
                exchange.onWritable();
            }
            pump();
            watchSender(false);
            flushes.flushUnlessReading();
        }
    }

    @Override
    public void userEventTriggered(final ChannelHandlerContext ctx, final Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            input.end();
            if (exchange != null) {
                exchange.onInputEnd();
            } else if (state == State.READING) {
                pump();
                flushes.flushUnlessReading();
            } else {
                ctx.close();
            }
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext ctx) {
        state = State.CLOSED;
        timeout.clear();
        if (exchange != null) {
            exchange.onClosed();
            exchange = null;
        }
        loop.closed(lag);
        input.release();
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
        if (cause instanceof IOException || cause.getCause() instanceof IOException) {
            // The client or the way to it.
            ctx.close();
        } else {
            loop.faults().end(this, cause);
        }
    }

    @Override
    public void abort() {
        ctx.close();
    }

    // --- requests ---

    /** Decodes and hands over requests while there are any and none waits. */
    private void pump() {
        if (isPumping) {
            return;
        }
        isPumping = true;
        try {
            while (state == State.READING && !input.isEmpty() && ctx.channel().isWritable()) {
                if (!step()) {
                    break;
                }
            }
            input.releaseIfRead();
        } finally {
            isPumping = false;
        }
        if (state == State.READING && input.isEmpty() && input.isEnded()) {
            closeWhenWritten(false);
        }
        if (state != State.CLOSING && state != State.CLOSED) {
            input.limit();
        }
    }

    private boolean step() {
        switch (input.next()) {
            case HEAD:
                if (input.isContinueAwaited()) {
                    write(replies.goOn(ctx.alloc()));
                }
                return true;
            case REQUEST:
                state = State.ANSWERING;
                timeout.clear();
                exchanges.begin(input.page(), input.readNanos());
                return true;
            case BAD:
                refuse(input.error());
                return false;
            default:
                // A body may begin like that, a head may not.
                if (input.isInHead() && input.looksLikeTls()) {
                    refuse("400 Bad Request");
                }
                return false;
        }
    }

    private void refuse(final String status) {
        if (input.looksLikeTls()) {
            loop.rejections().tlsOnPlainPort(ctx.channel().remoteAddress());
        }
        write(replies.refusal(ctx.alloc(), status));
        closeWhenWritten(true);
    }

    @Override
    public void answerBy(final EngineExchange exchange) {
        this.exchange = exchange;
    }

    // --- what exchanges see of it ---

    @Override
    public HttpRequest request() {
        return input.request();
    }

    @Override
    public ReplyWriter replies() {
        return replies;
    }

    @Override
    public ByteBufAllocator alloc() {
        return ctx.alloc();
    }

    @Override
    public ReaderLag lag() {
        return lag;
    }

    @Override
    public boolean isWritable() {
        return ctx.channel().isWritable();
    }

    @Override
    public boolean isInputEndedOrFull() {
        return input.isEndedOrFull();
    }

    @Override
    public Object client() {
        return ctx.channel().remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress()
                : ctx.channel().remoteAddress();
    }

    @Override
    public Timeout timeout() {
        return timeout;
    }

    @Override
    public void write(final ByteBuf bytes) {
        lag.wrote(bytes.readableBytes());
        flushes.wrote(bytes.readableBytes());
        ctx.write(bytes, ctx.voidPromise());
        if (!isDirty) {
            isDirty = true;
            flushes.add(this);
        }
    }

    @Override
    public void endStream() {
        if (!request().isHttp10()) {
            write(Unpooled.wrappedBuffer(EventFrames.lastChunk()));
        }
    }

    /** On to the next request, or to the end. */
    @Override
    public void end(final boolean isEndOfBody) {
        timeout.clear();
        exchange = null;
        final boolean isLast = isEndOfBody || !request().isKeepAlive();
        final boolean isInputUnread = input.endRequest();
        if (isLast) {
            closeWhenWritten(isInputUnread);
            return;
        }
        state = State.READING;
        pump();
        watchSender(false);
    }

    @Override
    public void flush() {
        isDirty = false;
        if (exchange != null) {
            exchange.onFlush();
        }
        ctx.flush();
        loop.flushed(lag);
    }

    // --- ends ---

    private void watchSender(final boolean hasProgress) {
        if (state == State.READING) {
            timeout.awaitRest(input, hasProgress);
        }
    }

    @Override
    public void onDeadline() {
        if (exchange != null) {
            exchange.onTimeout();
        } else if (state == State.READING) {
            write(replies.refusal(ctx.alloc(), "408 Request Timeout"));
            closeWhenWritten(false);
        } else {
            ctx.close();
        }
    }

    /**
     * Closes behind what was written. If the client is still sending, its bytes are taken for a
     * moment, since closing at once could cost it the reply.
     */
    private void closeWhenWritten(final boolean isInputUnread) {
        if (state == State.CLOSING || state == State.CLOSED) {
            return;
        }
        state = State.CLOSING;
        input.drain();
        timeout.awaitReader();
        final ChannelFuture written = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
        if (isInputUnread && !input.isEnded() && ctx.channel() instanceof DuplexChannel duplex) {
            written.addListener(
                    future -> {
                        shutdownOutput(duplex);
                        timeout.awaitEnd();
                    });
        } else {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void shutdownOutput(final DuplexChannel duplex) {
        if (ctx.pipeline().get(TlsInput.class) == null) {
            duplex.shutdownOutput();
        } else {
            TlsInput.shutdownOutput(duplex);
        }
    }
}
