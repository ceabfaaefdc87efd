package io.larch.http;

import io.larch.engine.port.RequestPort;
import io.larch.http.auth.Guard;
import io.larch.http.auth.PasswordWorker;
import io.larch.http.listen.AcceptFailures;
import io.larch.http.listen.ConnectionLimit;
import io.larch.http.listen.FirstBytes;
import io.larch.http.listen.KeepAlive;
import io.larch.http.listen.Listener;
import io.larch.http.metrics.EdgeCounters;
import io.larch.http.output.OutputBudget;
import io.larch.http.route.PageTable;
import io.larch.http.tls.TlsFront;
import io.larch.http.wire.InputBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The HTTP edge of a member: accepts clients, hands their requests to the engine, prints its
 * replies. Never waits: a caller that drives the event loop itself may call everything here.
 *
 * <p>Each event loop of the group gets one {@link RequestPort}; a connection stays with its loop.
 */
public final class HttpEdge {
    private static final Function<EventLoop, ChannelHandler> PLAIN = eventLoop -> null;

    private final EventLoopGroup loops;
    private final Class<? extends ServerChannel> channelClass;
    private final Map<EventLoop, EdgeLoop> edgeLoops = new IdentityHashMap<>();
    private final ChannelGroup channels;
    private final PageTable clientPages;
    private final PageTable peerPages;
    private final LongSupplier monotonicNanos;
    private final ConnectionLimit clientLimit;
    private final ConnectionLimit peerLimit;
    private final PasswordWorker passwords;

    /** Null until a listener speaks TLS. */
    private TlsFront front;

    /**
     * @param loops run listeners and connections; stay owned by the caller. A single {@code
     *     IoEventLoop} will do.
     * @param channelClass of the listeners, fitting the loops' transport.
     * @param ports asked once for each event loop, before this returns.
     */
    public HttpEdge(
            final HttpContext context,
            final EventLoopGroup loops,
            final Class<? extends ServerChannel> channelClass,
            final RequestPorts ports) {
        context.conclude();
        this.monotonicNanos = context.monotonicNanos();
        this.clientLimit =
                new ConnectionLimit("clients", context.maxClientConnections(), monotonicNanos);
        this.peerLimit = new ConnectionLimit("peers", context.maxPeerConnections(), monotonicNanos);
        this.loops = loops;
        this.channelClass = channelClass;
        final List<EdgeCounters> counters = new ArrayList<>();
        final InputBudget inputBudget = new InputBudget(context.maxInputBytes());
        final OutputBudget outputBudget = new OutputBudget(context.maxOutputBytes());
        this.passwords = new PasswordWorker(monotonicNanos);
        final Guard.Member guards =
                new Guard.Member(context.auth(), passwords, context.bcryptCost());
        for (final EventExecutor executor : loops) {
            final EventLoop eventLoop = (EventLoop) executor;
            final EdgeCounters ownCounters = new EdgeCounters(context.counters(), counters.size());
            counters.add(ownCounters);
            edgeLoops.put(
                    eventLoop,
                    new EdgeLoop(
                            context,
                            eventLoop,
                            ports,
                            ownCounters,
                            inputBudget,
                            outputBudget,
                            guards));
        }
        final Pages pages = new Pages(context, List.copyOf(counters), outputBudget, passwords);
        this.clientPages = pages.forClients();
        this.peerPages = pages.forPeers();
        this.channels = new DefaultChannelGroup(loops.iterator().next(), true);
    }

    /**
     * How many times an event loop has sent something to a connection so far: when that has grown,
     * somebody was answered. Called on that loop.
     */
    public long sent(final EventLoop eventLoop) {
        return edgeLoops.get(eventLoop).flushes().count();
    }

    /** Opens a listener for clients. The future completes on the event loop. */
    public ChannelFuture bind(final SocketAddress address) {
        return bind(address, PLAIN, clientPages, clientLimit);
    }

    /**
     * Opens a listener for peers and those who look at them: {@code /members}, {@code /version},
     * {@code /raft/probing} and etcd 0.4's {@code /v2/admin}; no keys. The future completes on the
     * event loop.
     */
    public ChannelFuture bindPeer(final SocketAddress address) {
        return bind(address, PLAIN, peerPages, peerLimit);
    }

    /** Opens a listener for clients that speak TLS; each connection takes the newest context. */
    public ChannelFuture bindTls(final SocketAddress address, final Supplier<SslContext> contexts) {
        return bind(address, tls(contexts), clientPages, clientLimit);
    }

    private synchronized Function<EventLoop, ChannelHandler> tls(
            final Supplier<SslContext> contexts) {
        if (front == null) {
            front = new TlsFront();
            edgeLoops.forEach(
                    (eventLoop, loop) ->
                            front.add(
                                    eventLoop, loop.counters(), loop.rejections(), monotonicNanos));
        }
        return front.handlers(contexts);
    }

    /**
     * Opens a listener for clients behind another handler.
     *
     * @param first makes the first handler of each connection.
     */
    public ChannelFuture bind(
            final SocketAddress address, final Supplier<? extends ChannelHandler> first) {
        return bind(address, eventLoop -> first.get(), clientPages, clientLimit);
    }

    private ChannelFuture bind(
            final SocketAddress address,
            final Function<EventLoop, ChannelHandler> first,
            final PageTable pages,
            final ConnectionLimit limit) {
        final ChannelFuture bound =
                Listener.bind(
                        loops,
                        channelClass,
                        address,
                        channel -> open(channel, first, pages, limit));
        bound.addListener(future -> countFailures(bound.channel()));
        channels.add(bound.channel());
        return bound;
    }

    /**
     * Takes over a connection that somebody else has accepted at a peer's address, and serves the
     * peers' pages on it. May be called by any thread.
     *
     * @param connection open and not registered; fits the transport of the event loops.
     * @param first what was read of it; becomes the edge's.
     * @param contexts the newest, for a connection that speaks TLS; null for plain text.
     */
    public void adoptPeer(
            final Channel connection, final ByteBuf first, final Supplier<SslContext> contexts) {
        final Function<EventLoop, ChannelHandler> handlers =
                contexts == null ? PLAIN : tls(contexts);
        connection.config().setOption(ChannelOption.TCP_NODELAY, true);
        connection.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        KeepAlive.configure(connection, channelClass);
        connection
                .pipeline()
                .addLast(
                        new FirstBytes(first),
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(final Channel channel) {
                                open(channel, handlers, peerPages, peerLimit);
                            }
                        });
        loops.register(connection);
    }

    /** On the connection's event loop. */
    private void open(
            final Channel channel,
            final Function<EventLoop, ChannelHandler> first,
            final PageTable pages,
            final ConnectionLimit limit) {
        if (!isTaken(channel, limit)) {
            channel.close();
            return;
        }
        final ChannelHandler handler = first.apply(channel.eventLoop());
        if (handler != null) {
            channel.pipeline().addLast(handler);
        }
        add(channel, pages);
    }

    /** On the connection's event loop. */
    private boolean isTaken(final Channel channel, final ConnectionLimit limit) {
        final EdgeCounters counters = edgeLoops.get(channel.eventLoop()).counters();
        if (!limit.enter()) {
            counters.connectionRefused();
            return false;
        }
        counters.connectionOpened();
        channel.closeFuture()
                .addListener(
                        closed -> {
                            limit.leave();
                            counters.connectionClosed();
                        });
        return true;
    }

    private void countFailures(final Channel listener) {
        if (listener.isOpen()) {
            final EdgeCounters counters = edgeLoops.get(listener.eventLoop()).counters();
            listener.pipeline().addLast(new AcceptFailures(counters, monotonicNanos));
        }
    }

    private void add(final Channel channel, final PageTable pages) {
        channels.add(channel);
        channel.pipeline().addLast(edgeLoops.get(channel.eventLoop()).connection(pages));
    }

    /**
     * Stops listening and closes every connection; watches end as they are. The future completes on
     * the event loop; what is accepted meanwhile is closed as well.
     */
    public Future<Void> close() {
        if (front != null) {
            front.close();
        }
        passwords.close();
        return channels.close();
    }
}
