package io.larch.http;

import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.http.DeadlineList.Deadline;
import io.larch.http.keys.KeysCodec;
import io.larch.http.keys.KeysPage;
import io.larch.http.output.EventFrames;
import io.larch.http.output.ReaderLag;
import io.larch.http.route.Page;
import io.larch.http.route.PageTable;
import io.larch.http.text.Ascii;
import io.larch.http.wire.HttpDecoder;
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

/**
 * One client's connection: takes its requests one by one, in order, and writes their replies. The
 * next request is looked at when the one before is answered. What happens to a request that the
 * engine works on is its {@link EngineExchange}'s.
 *
 * <p>All methods run on the event loop's thread. An answer may arrive while the request is still
 * being handed over; nothing is assumed about the state afterwards.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {
    private enum State {
        /** Decoding a request, or between two. */
        READING,
        /** A request has its exchange. */
        ANSWERING,
        /** Nothing more is read; the last bytes are on their way. */
        CLOSING,
        CLOSED
    }

    private static final ByteBuf CONTINUE =
            Unpooled.unreleasableBuffer(
                    Unpooled.directBuffer()
                            .writeBytes(Ascii.bytes("HTTP/1.1 100 Continue\r\n\r\n"))
                            .asReadOnly());

    private final EdgeLoop loop;
    private final Flushes flushes;
    private final PageTable pages;
    private final ReplyWriter replies;
    private final HttpDecoder decoder;
    private final HttpRequest request;
    private final Deadline deadline = new Deadline(this);
    private ChannelHandlerContext ctx;
    private ReaderLag lag;
    private State state = State.READING;
    private ReadAhead input;
    private Page page;
    private boolean isPumping;
    private boolean isDirty;
    private boolean isInputEnded;

    /** When the newest bytes came, on the clock of the commands' time stamps. */
    private long readNanos;

    /** Of the request that is being answered; else null. */
    private EngineExchange exchange;

    // Made when they are needed, then used again.
    private KeysExchange keysExchange;
    private WatchExchange watchExchange;

    HttpConnection(final EdgeLoop loop, final PageTable pages) {
        this.loop = loop;
        this.flushes = loop.flushes();
        this.pages = pages;
        this.replies = pages.isForPeers() ? loop.peerReplies() : loop.replies();
        this.decoder =
                new HttpDecoder(
                        loop.context().maxHeadBytes(),
                        loop.context().maxFormBytes(),
                        loop.inputBudget());
        this.request = decoder.request();
    }

    // --- the channel's side ---

    @Override
    public void handlerAdded(final ChannelHandlerContext ctx) {
        this.ctx = ctx;
        lag = new ReaderLag(ctx.channel());
        input = new ReadAhead(ctx.channel());
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        final ByteBuf bytes = (ByteBuf) message;
        if (state == State.CLOSING || state == State.CLOSED) {
            bytes.release();
            return;
        }
        flushes.startReading();
        readNanos = loop.epochNanos();
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
            isInputEnded = true;
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
        deadline.clear();
        if (exchange != null) {
            exchange.onClosed();
            exchange = null;
        }
        loop.closed(lag);
        input.release();
        decoder.release();
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

    /** Ends the connection as it is. */
    void abort() {
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
        if (state == State.READING && input.isEmpty() && isInputEnded) {
            closeWhenWritten(false);
        }
        if (state != State.CLOSING && state != State.CLOSED) {
            input.limit();
        }
    }

    private boolean step() {
        switch (decoder.decode(input.bytes())) {
            case HEAD:
                onHead();
                return true;
            case REQUEST:
                onRequest();
                return true;
            case BAD:
                write(replies.refusal(ctx.alloc(), decoder.error()));
                closeWhenWritten(true);
                return false;
            default:
                return false;
        }
    }

    private void onHead() {
        page = pages.find(request);
        if (!request.hasBody()) {
            decoder.discardBody();
        } else if (page.wantsBody(request)) {
            if (request.expectsContinue() && !input.bytes().isReadable()) {
                write(CONTINUE.duplicate());
            }
            decoder.keepBody();
        } else if (request.expectsContinue() && !input.bytes().isReadable()) {
            // As it was not asked for, the body may or may not come.
            decoder.leaveBody();
        } else {
            decoder.discardBody();
        }
    }

    private void onRequest() {
        state = State.ANSWERING;
        deadline.clear();
        if (KeysPage.isKeys(page, request.method())) {
            keys();
        } else {
            final PageExchange pageExchange = new PageExchange(this, loop);
            exchange = pageExchange;
            page.handle(pageExchange);
        }
    }

    private void keys() {
        final KeysCodec keys = loop.keys();
        final ErrorCode error = keys.parse(request);
        if (error != null) {
            write(loop.keysReplies().error(ctx.alloc(), request, error, keys.cause()));
            end(false);
        } else if (keys.type() == CommandType.WATCH) {
            if (watchExchange == null) {
                watchExchange = new WatchExchange(this, loop);
            }
            exchange = watchExchange;
            watchExchange.start(keys, readNanos);
        } else {
            if (keysExchange == null) {
                keysExchange = new KeysExchange(this, loop);
            }
            exchange = keysExchange;
            keysExchange.start(keys, readNanos);
        }
    }

    // --- what exchanges see of it ---

    HttpRequest request() {
        return request;
    }

    ReplyWriter replies() {
        return replies;
    }

    ByteBufAllocator alloc() {
        return ctx.alloc();
    }

    ReaderLag lag() {
        return lag;
    }

    boolean isWritable() {
        return ctx.channel().isWritable();
    }

    /** Whether nothing more will be heard of the client before the request is answered. */
    boolean isInputEndedOrFull() {
        return isInputEnded || input.isFull();
    }

    /** The engine has to answer in time, else {@link EngineExchange#onTimeout}. */
    void awaitReply() {
        loop.deadlines().forReply(deadline);
    }

    /** As {@link #awaitReply}, in less than a second. */
    void awaitProbe() {
        loop.deadlines().forProbe(deadline);
    }

    void clearDeadline() {
        deadline.clear();
    }

    /** Writes bytes and takes them over; they go out soon. */
    void write(final ByteBuf bytes) {
        lag.wrote(bytes.readableBytes());
        flushes.wrote(bytes.readableBytes());
        ctx.write(bytes, ctx.voidPromise());
        if (!isDirty) {
            isDirty = true;
            flushes.add(this);
        }
    }

    /** Ends a body whose length was not known, where not the connection's end ends it. */
    void endStream() {
        if (!request.isHttp10()) {
            write(Unpooled.wrappedBuffer(EventFrames.lastChunk()));
        }
    }

    /**
     * The reply is written: on to the next request, or to the end.
     *
     * @param isEndOfBody whether the body ends with the connection.
     */
    void end(final boolean isEndOfBody) {
        deadline.clear();
        exchange = null;
        final boolean isLast = isEndOfBody || !request.isKeepAlive();
        final boolean isInputUnread = decoder.isInputUnread();
        decoder.reset();
        if (isLast) {
            closeWhenWritten(isInputUnread);
            return;
        }
        state = State.READING;
        pump();
        watchSender(false);
    }

    void flush() {
        isDirty = false;
        if (exchange != null) {
            exchange.onFlush();
        }
        ctx.flush();
        loop.flushed(lag);
    }

    // --- ends ---

    /** An unfinished request must go on within the time given; a head as a whole. */
    private void watchSender(final boolean hasProgress) {
        if (state != State.READING) {
            return;
        }
        if (!decoder.isMidRequest()) {
            deadline.clear();
        } else if (!deadline.isSet() || hasProgress && !decoder.isInHead()) {
            loop.deadlines().forSender(deadline);
        }
    }

    void onDeadline() {
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
        input.release();
        input.readFromClient(true);
        loop.deadlines().forSender(deadline);
        final ChannelFuture written = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
        if (isInputUnread && !isInputEnded && ctx.channel() instanceof DuplexChannel duplex) {
            written.addListener(
                    future -> {
                        duplex.shutdownOutput();
                        loop.deadlines().forLingering(deadline);
                    });
        } else {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }
}
