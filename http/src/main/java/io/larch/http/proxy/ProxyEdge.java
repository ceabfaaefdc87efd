package io.larch.http.proxy;

import io.larch.http.listen.ConnectionLimit;
import io.larch.http.listen.Listener;
import io.larch.http.metrics.EdgeCounters;
import io.larch.http.tls.RejectionLog;
import io.larch.http.tls.TlsFront;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The edge of a proxy (etcd's {@code --proxy}): listens to clients and passes their requests on.
 * Threadsafe; never waits.
 */
public final class ProxyEdge {
    private static final int CHUNK_BYTES = 1 << 16;

    private final ProxyContext context;
    private final EventLoopGroup loops;
    private final Class<? extends ServerChannel> listenerClass;
    private final Map<EventLoop, ProxyLoop> proxyLoops = new IdentityHashMap<>();
    private final Map<EventLoop, EdgeCounters> handshakes = new IdentityHashMap<>();
    private final ConnectionLimit limit;
    private final ChannelGroup channels;

    /** Null until a listener speaks TLS. */
    private TlsFront front;

    /**
     * @param loops run listeners and connections; stay owned by the caller.
     * @param listenerClass fits the loops' transport, as does {@code connectionClass}, of what is
     *     opened to members.
     * @param membersTls gives what members are to be reached with by TLS; null: not at all.
     */
    public ProxyEdge(
            final ProxyContext context,
            final EventLoopGroup loops,
            final Class<? extends ServerChannel> listenerClass,
            final Class<? extends Channel> connectionClass,
            final Endpoints endpoints,
            final Supplier<SslContext> membersTls) {
        this.context = context;
        this.loops = loops;
        this.listenerClass = listenerClass;
        limit = new ConnectionLimit("clients", context.maxConnections(), System::nanoTime);
        channels = new DefaultChannelGroup(loops.iterator().next(), true);
        for (final EventExecutor executor : loops) {
            handshakes.put((EventLoop) executor, new EdgeCounters(null, 0));
        }
        final ProxyCounters counters = new ProxyCounters();
        final ProxyMetrics metrics = new ProxyMetrics(counters, List.copyOf(handshakes.values()));
        final ProxyPages pages = new ProxyPages(context, endpoints, metrics);
        for (final EventExecutor executor : loops) {
            final EventLoop loop = (EventLoop) executor;
            proxyLoops.put(
                    loop,
                    new ProxyLoop(
                            context,
                            loop,
                            endpoints,
                            new Upstreams(loop, connectionClass, endpoints, context, membersTls),
                            pages,
                            counters));
        }
    }

    /** Opens a listener. The future completes on an event loop. */
    public ChannelFuture bind(final SocketAddress address) {
        return bind(address, eventLoop -> null);
    }

    /** Opens a listener for TLS; each connection takes the newest context. */
    public ChannelFuture bindTls(final SocketAddress address, final Supplier<SslContext> contexts) {
        if (front == null) {
            front = new TlsFront();
            handshakes.forEach(
                    (loop, counters) ->
                            front.add(
                                    loop,
                                    counters,
                                    new RejectionLog(counters, System::nanoTime),
                                    System::nanoTime));
        }
        return bind(address, front.handlers(contexts));
    }

    private ChannelFuture bind(
            final SocketAddress address, final Function<EventLoop, ChannelHandler> first) {
        final ChannelFuture bound =
                Listener.bind(loops, listenerClass, address, channel -> open(channel, first));
        channels.add(bound.channel());
        return bound;
    }

    private void open(final Channel channel, final Function<EventLoop, ChannelHandler> first) {
        if (!limit.enter()) {
            channel.close();
            return;
        }
        channel.closeFuture().addListener(closed -> limit.leave());
        channels.add(channel);
        final ChannelPipeline pipeline = channel.pipeline();
        final ChannelHandler handler = first.apply(channel.eventLoop());
        if (handler != null) {
            pipeline.addLast(handler);
        }
        final SenderWatch sender = new SenderWatch();
        pipeline.addLast(
                sender,
                new IdleStateHandler(
                        true,
                        context.slowSenderTimeoutNanos(),
                        context.slowReaderTimeoutNanos(),
                        0,
                        TimeUnit.NANOSECONDS),
                new HttpServerCodec(context.maxHeadBytes(), context.maxHeadBytes(), CHUNK_BYTES),
                new ProxyConnection(proxyLoops.get(channel.eventLoop()), sender));
    }

    /** Stops listening and closes every connection. The future completes on the event loop. */
    public Future<Void> close() {
        if (front != null) {
            front.close();
        }
        return channels.close();
    }
}
