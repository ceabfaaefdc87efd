package io.larch.http.v3.http2;

import io.larch.http.output.Outlet;
import io.larch.http.output.ReaderLag;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One client's connection of HTTP/2. Frames, header compression, windows and the limits against
 * floods are Netty's; each stream's request goes to the handler that the {@link StreamRouter}
 * names.
 *
 * <p>Sent when it opens: settings, and a larger window for the whole connection. A client that
 * breaks the protocol or a limit gets a GOAWAY that says why, and is left.
 *
 * <p>On the event loop's thread. An answer may be written while its request is being read.
 */
public final class Http2Session extends Http2ConnectionHandler implements Outlet, ReaderLag.Source {
    /** What a frame of headers counts for, with what it takes to hold it. */
    private static final int HEADERS_BYTES = 100;

    private final Http2Loop loop;
    private final Http2Limits limits;
    private final StreamRouter router;
    private final PropertyKey streamKey;
    private final PingRules pings;
    private final ReaderLag lag = new ReaderLag(this);

    /** Streams that take bytes again and have not been told. */
    private final ArrayDeque<ServerStream> writable = new ArrayDeque<>();

    /** Streams that have gathered what is to go out with the next flush; some more than once. */
    private final List<ServerStream> gathering = new ArrayList<>();

    private ChannelHandlerContext ctx;
    private boolean isDirty;
    private boolean isReading;
    private boolean isRefused;

    /** The client has changed the size of its table of headers. */
    private boolean isTableResized;

    private long readNanos;

    /** The client was pinged, and has said nothing since. */
    private boolean isProbed;

    private Future<?> probe;

    private Http2Session(
            final Http2ConnectionDecoder decoder,
            final Http2ConnectionEncoder encoder,
            final Http2Settings settings,
            final Http2Loop loop,
            final Http2Limits limits,
            final StreamRouter router,
            final PropertyKey streamKey) {
        super(decoder, encoder, settings);
        this.loop = loop;
        this.limits = limits;
        this.router = router;
        this.streamKey = streamKey;
        this.pings = new PingRules(limits.keepaliveMinNanos());
        decoder.frameListener(new Frames());
        connection().addListener(new Streams());
        encoder.flowController().listener(this::onWritable);
    }

    /** For a connection that begins with HTTP/2's preface. */
    public static Http2Session create(
            final Http2Loop loop, final Http2Limits limits, final StreamRouter router) {
        return new Builder(loop, limits, router).build();
    }

    /** Netty's way to make one with its limits. */
    private static final class Builder
            extends AbstractHttp2ConnectionHandlerBuilder<Http2Session, Builder> {
        private final Http2Loop loop;
        private final Http2Limits limits;
        private final StreamRouter router;
        private final PropertyKey streamKey;

        Builder(final Http2Loop loop, final Http2Limits limits, final StreamRouter router) {
            this.loop = loop;
            this.limits = limits;
            this.router = router;
            final DefaultHttp2Connection connection = new DefaultHttp2Connection(true);
            streamKey = connection.newKey();
            connection
                    .remote()
                    .flowController(
                            new DefaultHttp2RemoteFlowController(
                                    connection, new StreamBytes(connection, streamKey)));
            connection(connection);
            initialSettings(
                    new Http2Settings()
                            .maxConcurrentStreams(limits.maxStreams())
                            .initialWindowSize(Http2Limits.STREAM_WINDOW_BYTES)
                            .maxHeaderListSize(Http2Limits.MAX_HEADER_LIST_BYTES));
            decoderEnforceMaxConsecutiveEmptyDataFrames(Http2Limits.MAX_EMPTY_DATA_FRAMES);
            decoderEnforceMaxSmallContinuationFrames(Http2Limits.MAX_SMALL_CONTINUATION_FRAMES);
            decoderEnforceMaxRstFramesPerWindow(Http2Limits.MAX_RESETS, Http2Limits.RESET_SECONDS);
            encoderEnforceMaxRstFramesPerWindow(Http2Limits.MAX_RESETS, Http2Limits.RESET_SECONDS);
            encoderEnforceMaxQueuedControlFrames(Http2Limits.MAX_QUEUED_CONTROL_FRAMES);
            gracefulShutdownTimeoutMillis(Http2Limits.GRACE_MS);
        }

        @Override
        protected Http2Session build() {
            return super.build();
        }

        @Override
        protected Http2Session build(
                final Http2ConnectionDecoder decoder,
                final Http2ConnectionEncoder encoder,
                final Http2Settings settings) {
            return new Http2Session(decoder, encoder, settings, loop, limits, router, streamKey);
        }
    }

    // --- the channel's side ---

    @Override
    public void handlerAdded(final ChannelHandlerContext ctx) throws Exception {
        this.ctx = ctx;
        super.handlerAdded(ctx);
        loop.events().sessionOpened();
        decoder()
                .flowController()
                .incrementWindowSize(
                        connection().connectionStream(),
                        Http2Limits.SESSION_WINDOW_BYTES
                                - decoder().flowController().initialWindowSize());
        readNanos = loop.nanoTime();
        probeLater(limits.keepaliveIntervalNanos());
        flushLater();
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message)
            throws Exception {
        readNanos = loop.nanoTime();
        isProbed = false;
        isReading = true;
        loop.startReading();
        super.channelRead(ctx, message);
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext ctx) throws Exception {
        endReading();
        // Not as Netty has it, which goes on reading whoever does not read.
        discardSomeReadBytes();
        flush(ctx);
        ctx.fireChannelReadComplete();
    }

    private void endReading() {
        if (isReading) {
            isReading = false;
            loop.endReading();
        }
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext ctx) throws Exception {
        // Answers of headers alone are under no window: who does not take them is not read.
        ctx.channel().config().setAutoRead(ctx.channel().isWritable());
        super.channelWritabilityChanged(ctx);
        loop.flushUnlessReading();
    }

    @Override
    public void userEventTriggered(final ChannelHandlerContext ctx, final Object event)
            throws Exception {
        super.userEventTriggered(ctx, event);
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext ctx) throws Exception {
        if (probe != null) {
            probe.cancel(false);
        }
        super.channelInactive(ctx);
        loop.closed(lag);
        // One that was left while it was read from is not read to the end.
        endReading();
        loop.flushUnlessReading();
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause)
            throws Exception {
        if (cause instanceof IOException || cause.getCause() instanceof IOException) {
            // The client or the way to it.
            ctx.close();
        } else {
            super.exceptionCaught(ctx, cause);
        }
    }

    /** The member stops: streams may end within the time of grace. */
    @Override
    public void close(final ChannelHandlerContext ctx, final ChannelPromise promise)
            throws Exception {
        for (final ServerStream stream : openStreams()) {
            guarded(stream, () -> stream.handler().onShutdown());
        }
        super.close(ctx, promise);
    }

    private List<ServerStream> openStreams() throws Http2Exception {
        final List<ServerStream> open = new ArrayList<>();
        connection()
                .forEachActiveStream(
                        stream -> {
                            final ServerStream one = stream.getProperty(streamKey);
                            if (one != null && one.handler() != null) {
                                open.add(one);
                            }
                            return true;
                        });
        return open;
    }

    @Override
    protected void onConnectionError(
            final ChannelHandlerContext ctx,
            final boolean isOutbound,
            final Throwable cause,
            final Http2Exception error) {
        if (cause instanceof IOException) {
            // What was written did not go out any more.
            ctx.close();
            return;
        }
        if (error == null) {
            loop.fault(null, cause);
        } else {
            refused(error.error() + ": " + error.getMessage());
        }
        super.onConnectionError(ctx, isOutbound, cause, error);
    }

    // --- frames ---

    /** What Netty has decoded. */
    private final class Frames extends Http2FrameAdapter {
        @Override
        public void onHeadersRead(
                final ChannelHandlerContext ctx,
                final int streamId,
                final Http2Headers headers,
                final int padding,
                final boolean isEnd) {
            final Http2Stream stream = connection().stream(streamId);
            final ServerStream known = stream.getProperty(streamKey);
            if (known == null) {
                open(stream, headers, isEnd);
            } else if (isEnd) {
                onEnd(known);
            }
        }

        @Override
        public void onHeadersRead(
                final ChannelHandlerContext ctx,
                final int streamId,
                final Http2Headers headers,
                final int streamDependency,
                final short weight,
                final boolean exclusive,
                final int padding,
                final boolean isEnd) {
            onHeadersRead(ctx, streamId, headers, padding, isEnd);
        }

        @Override
        public int onDataRead(
                final ChannelHandlerContext ctx,
                final int streamId,
                final ByteBuf data,
                final int padding,
                final boolean isEnd) {
            final ServerStream stream = connection().stream(streamId).getProperty(streamKey);
            final int length = data.readableBytes();
            boolean isTaken = true;
            try {
                isTaken = stream.handler().onData(data);
                if (isEnd) {
                    stream.handler().onEnd();
                }
            } catch (final RuntimeException | Error e) {
                loop.fault(stream, e);
            }
            return isTaken ? length + padding : padding;
        }

        @Override
        public void onPingRead(final ChannelHandlerContext ctx, final long data) {
            if (pings.onPing(loop.nanoTime(), connection().numActiveStreams() > 0)) {
                leave("too_many_pings");
            }
            flushLater();
        }

        @Override
        public void onSettingsRead(final ChannelHandlerContext ctx, final Http2Settings settings) {
            isTableResized |= settings.headerTableSize() != null;
            flushLater();
        }
    }

    private void open(final Http2Stream stream, final Http2Headers headers, final boolean isEnd) {
        final ServerStream opened = new ServerStream(this, stream);
        stream.setProperty(streamKey, opened);
        loop.events().streamOpened();
        try {
            opened.handler(router.open(headers, opened));
        } catch (final RuntimeException | Error e) {
            opened.handler(NOBODY);
            loop.fault(opened, e);
            return;
        }
        try {
            opened.handler().onOpen(headers, isEnd);
        } catch (final RuntimeException | Error e) {
            loop.fault(opened, e);
        }
    }

    private void onEnd(final ServerStream stream) {
        try {
            stream.handler().onEnd();
        } catch (final RuntimeException | Error e) {
            loop.fault(stream, e);
        }
    }

    private void guarded(final ServerStream stream, final Runnable news) {
        try {
            news.run();
        } catch (final RuntimeException | Error e) {
            loop.fault(stream, e);
        }
    }

    /** Of a stream that nobody takes. */
    private static final StreamHandler NOBODY =
            new StreamHandler() {
                @Override
                public void onOpen(final Http2Headers headers, final boolean isEnd) {}

                @Override
                public boolean onData(final ByteBuf data) {
                    return true;
                }

                @Override
                public void onEnd() {}

                @Override
                public void onWritable() {}

                @Override
                public void onShutdown() {}

                @Override
                public void onClosed() {}
            };

    /** What becomes of streams. */
    private final class Streams extends Http2ConnectionAdapter {
        @Override
        public void onStreamClosed(final Http2Stream stream) {
            final ServerStream closed = stream.getProperty(streamKey);
            if (closed != null) {
                try {
                    closed.onClosed();
                } catch (final RuntimeException | Error e) {
                    loop.fault(closed, e);
                }
            }
        }
    }

    private void onWritable(final Http2Stream stream) {
        final ServerStream one = stream.getProperty(streamKey);
        if (one != null && one.isWritable()) {
            writable.add(one);
            flushLater();
        }
    }

    private void refused(final String reason) {
        if (!isRefused) {
            isRefused = true;
            loop.events().sessionRefused(reason);
        }
    }

    /** Ends with a client that asks too much. */
    private void leave(final String reason) {
        refused(reason);
        final ByteBuf debug = Unpooled.copiedBuffer(reason, StandardCharsets.US_ASCII);
        goAway(
                        ctx,
                        connection().remote().lastStreamCreated(),
                        Http2Error.ENHANCE_YOUR_CALM.code(),
                        debug,
                        ctx.newPromise())
                .addListener(sent -> ctx.close());
        ctx.flush();
    }

    // --- keepalive ---

    private void probeLater(final long nanos) {
        if (nanos > 0) {
            probe = ctx.executor().schedule(this::onProbe, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void onProbe() {
        final long silentNanos = loop.nanoTime() - readNanos;
        if (isProbed) {
            ctx.close();
            return;
        }
        isProbed = silentNanos >= limits.keepaliveIntervalNanos();
        if (isProbed) {
            encoder().writePing(ctx, false, readNanos, ctx.newPromise());
            flushLater();
            loop.flushUnlessReading();
            probeLater(limits.keepaliveTimeoutNanos());
        } else {
            probeLater(limits.keepaliveIntervalNanos() - silentNanos);
        }
    }

    // --- what streams see of it ---

    Http2Loop loop() {
        return loop;
    }

    ByteBufAllocator alloc() {
        return ctx.alloc();
    }

    SocketAddress remoteAddress() {
        return ctx.channel().remoteAddress();
    }

    ChannelFuture writeHeaders(
            final int streamId, final Http2Headers headers, final boolean isEnd) {
        pings.onSent();
        lag.wrote(HEADERS_BYTES);
        loop.wrote(HEADERS_BYTES);
        return encoder().writeHeaders(ctx, streamId, headers, 0, isEnd, ctx.newPromise());
    }

    /** So much was handed over by a stream, be it written or gathered. */
    void wrote(final int bytes) {
        pings.onSent();
        lag.wrote(bytes);
        loop.wrote(bytes);
    }

    /** Of what was handed over before, some goes out, since the client's windows have room. */
    void sends() {
        pings.onSent();
    }

    ChannelFuture writeData(final int streamId, final ByteBuf data, final boolean isEnd) {
        return encoder().writeData(ctx, streamId, data, 0, isEnd, ctx.newPromise());
    }

    /** A stream has begun to gather. */
    void gathers(final ServerStream stream) {
        gathering.add(stream);
    }

    /** Sends an answer that is complete, and whose body the stream has counted. */
    void writeAnswer(
            final Http2Stream stream,
            final HeaderBlock head,
            final ByteBuf body,
            final HeaderBlock trailers) {
        wrote(2 * HEADERS_BYTES);
        encoder()
                .flowController()
                .addFlowControlled(stream, new WholeAnswer(this, stream, head, body, trailers));
    }

    /**
     * Whether the next block of headers has to be compressed anew, because it must tell that the
     * client has changed the size of its table (RFC 7541 4.2). Asked once a block.
     */
    boolean takeTableResized() {
        final boolean wasResized = isTableResized;
        isTableResized = false;
        return wasResized;
    }

    /** Whether the connection ends with its last streams. */
    boolean isEnding() {
        return connection().goAwaySent() || connection().goAwayReceived();
    }

    void reset(final int streamId, final Http2Error error) {
        resetStream(ctx, streamId, error.code(), ctx.newPromise());
    }

    void consumed(final Http2Stream stream, final int bytes) {
        try {
            decoder().flowController().consumeBytes(stream, bytes);
            flushLater();
        } catch (final Http2Exception e) {
            onError(ctx, false, e);
        }
    }

    boolean isWritable(final Http2Stream stream) {
        return encoder().flowController().isWritable(stream);
    }

    int windowBytes(final Http2Stream stream) {
        final var flow = encoder().flowController();
        return Math.min(flow.windowSize(stream), flow.windowSize(connection().connectionStream()));
    }

    boolean isUnflushed() {
        return isDirty;
    }

    void flushLater() {
        if (!isDirty) {
            isDirty = true;
            loop.flushLater(this);
        }
    }

    // --- flushes; how far the client is behind ---

    /** Whoever flushes, be it for a frame of the connection's own. */
    @Override
    public void flush(final ChannelHandlerContext ctx) {
        for (int i = 0; i < gathering.size(); i++) {
            gathering.get(i).writeGathered();
        }
        gathering.clear();
        super.flush(ctx);
    }

    @Override
    public void flush() {
        isDirty = false;
        flush(ctx);
        loop.flushed(lag);
        // Behind it: only now there is room for what they say, which goes with the next flush.
        for (ServerStream next = writable.poll(); next != null; next = writable.poll()) {
            final ServerStream stream = next;
            if (stream.isWritable()) {
                guarded(stream, () -> stream.handler().onWritable());
            }
        }
    }

    @Override
    public ReaderLag lag() {
        return lag;
    }

    /** Without waiting for anything. */
    @Override
    public void abort() {
        ctx.close();
    }

    @Override
    public long pendingBytes() {
        final var outbound = ctx.channel().unsafe().outboundBuffer();
        return outbound == null ? 0 : outbound.totalPendingWriteBytes();
    }

    @Override
    public int pendingWrites() {
        final var outbound = ctx.channel().unsafe().outboundBuffer();
        return outbound == null ? 0 : outbound.size();
    }

    @Override
    public SocketAddress clientAddress() {
        return remoteAddress();
    }

    @Override
    public void close() {
        abort();
    }
}
