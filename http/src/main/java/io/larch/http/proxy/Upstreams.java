package io.larch.http.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.resolver.NoopAddressResolverGroup;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The connections of one event loop to members: those that are free, and how others are made. */
final class Upstreams {
    /** Kept for each member, as etcd's proxy does. */
    private static final int MAX_IDLE = 128;

    private static final int MAX_LINE_BYTES = 1 << 16;
    private static final int MAX_HEAD_BYTES = 1 << 20;
    private static final int CHUNK_BYTES = 1 << 16;

    private final Map<Endpoint, ArrayDeque<Upstream>> idle = new IdentityHashMap<>();
    private final EventLoop loop;
    private final Class<? extends Channel> channelClass;
    private final Endpoints endpoints;
    private final ProxyContext context;
    private final Supplier<SslContext> tls;

    /**
     * @param tls gives what members are to be reached with by TLS; null: not at all.
     */
    Upstreams(
            final EventLoop loop,
            final Class<? extends Channel> channelClass,
            final Endpoints endpoints,
            final ProxyContext context,
            final Supplier<SslContext> tls) {
        this.loop = loop;
        this.channelClass = channelClass;
        this.endpoints = endpoints;
        this.context = context;
        this.tls = tls;
    }

    /** A connection that is there and free; null: there is none. */
    Upstream free(final Endpoint endpoint) {
        final ArrayDeque<Upstream> all = idle.get(endpoint);
        Upstream free = all == null ? null : all.pollLast();
        while (free != null && !free.isOpen()) {
            free = all.pollLast();
        }
        return free;
    }

    /** Makes one; told at once or later, on the event loop. */
    void connect(
            final Endpoint endpoint,
            final Consumer<Upstream> onOpened,
            final Consumer<Throwable> onFailed) {
        final List<InetSocketAddress> addresses = endpoint.addresses();
        if (addresses.isEmpty()) {
            onFailed.accept(new ConnectException("no such host"));
        } else if (endpoint.isTls() && tls == null) {
            onFailed.accept(new ConnectException("no certificates for https were given"));
        } else {
            connect(endpoint, addresses, 0, onOpened, onFailed);
        }
    }

    private void connect(
            final Endpoint endpoint,
            final List<InetSocketAddress> addresses,
            final int at,
            final Consumer<Upstream> onOpened,
            final Consumer<Throwable> onFailed) {
        final Upstream upstream = new Upstream(this, endpoint);
        final ChannelFuture connecting =
                new Bootstrap()
                        .group(loop)
                        .channel(channelClass)
                        .resolver(NoopAddressResolverGroup.INSTANCE)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.SO_KEEPALIVE, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, context.dialTimeoutMs())
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(final Channel channel) {
                                        prepare(channel, upstream);
                                    }
                                })
                        .connect(addresses.get(at));
        connecting.addListener(
                done -> {
                    if (!done.isSuccess()) {
                        if (at + 1 < addresses.size()) {
                            connect(endpoint, addresses, at + 1, onOpened, onFailed);
                        } else {
                            onFailed.accept(done.cause());
                        }
                        return;
                    }
                    final SslHandler handshake =
                            connecting.channel().pipeline().get(SslHandler.class);
                    if (handshake == null) {
                        onOpened.accept(upstream);
                        return;
                    }
                    handshake
                            .handshakeFuture()
                            .addListener(
                                    shaken -> {
                                        if (shaken.isSuccess()) {
                                            onOpened.accept(upstream);
                                        } else {
                                            onFailed.accept(shaken.cause());
                                        }
                                    });
                });
    }

    private void prepare(final Channel channel, final Upstream upstream) {
        final Endpoint endpoint = upstream.endpoint();
        channel.pipeline().addLast(upstream.sent());
        if (endpoint.isTls()) {
            final SslHandler handler =
                    tls.get().newHandler(channel.alloc(), endpoint.host(), endpoint.port());
            handler.setHandshakeTimeoutMillis(context.dialTimeoutMs());
            channel.pipeline().addLast(handler);
        }
        if (context.readTimeoutMs() > 0) {
            channel.pipeline()
                    .addLast(
                            new IdleStateHandler(
                                    context.readTimeoutMs(), 0, 0, TimeUnit.MILLISECONDS));
        }
        channel.pipeline()
                .addLast(
                        new HttpClientCodec(MAX_LINE_BYTES, MAX_HEAD_BYTES, CHUNK_BYTES), upstream);
    }

    /** It has served a request, and may serve another. */
    void keep(final Upstream upstream) {
        if (!endpoints.contains(upstream.endpoint())) {
            upstream.close();
            idle.keySet().removeIf(endpoint -> !endpoints.contains(endpoint) && closeAll(endpoint));
            return;
        }
        final ArrayDeque<Upstream> all =
                idle.computeIfAbsent(upstream.endpoint(), any -> new ArrayDeque<>());
        if (all.size() < MAX_IDLE) {
            all.addLast(upstream);
        } else {
            upstream.close();
        }
    }

    private boolean closeAll(final Endpoint endpoint) {
        // Each takes itself out of the queue when it is closed.
        List.copyOf(idle.get(endpoint)).forEach(Upstream::close);
        return true;
    }

    void forget(final Upstream upstream) {
        final ArrayDeque<Upstream> all = idle.get(upstream.endpoint());
        if (all != null) {
            all.remove(upstream);
        }
    }
}
