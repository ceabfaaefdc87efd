package io.larch.http.listen;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.net.SocketAddress;
import java.util.function.Consumer;

/** How an edge listens: the options of the socket and of the connections that it accepts. */
public final class Listener {
    private static final int BACKLOG = 1024;

    private Listener() {}

    /**
     * Opens one. The future completes on an event loop.
     *
     * @param channelClass fits the event loops' transport.
     * @param onAccepted told of each connection, on its event loop, before anything is read of it.
     */
    public static ChannelFuture bind(
            final EventLoopGroup loops,
            final Class<? extends ServerChannel> channelClass,
            final SocketAddress address,
            final Consumer<Channel> onAccepted) {
        final ServerBootstrap bootstrap = new ServerBootstrap();
        KeepAlive.configure(bootstrap, channelClass);
        Rings.configure(bootstrap, channelClass);
        return bootstrap
                .group(loops)
                .channel(channelClass)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(final Channel channel) {
                                onAccepted.accept(channel);
                            }
                        })
                .bind(address);
    }
}
