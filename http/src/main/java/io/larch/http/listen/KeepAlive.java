package io.larch.http.listen;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.uring.IoUringChannelOption;
import jdk.net.ExtendedSocketOptions;

/**
 * TCP keep-alive as etcd has it on what it accepts: an idle connection is probed every 30 s. The
 * system's own two hours are longer than firewalls remember a flow, and a watch is idle until its
 * event comes.
 */
public final class KeepAlive {
    public static final int SECONDS = 30;

    private KeepAlive() {}

    /**
     * For all connections that will be accepted.
     *
     * @param channelClass of the listener; it decides how the options are called.
     */
    public static void configure(
            final ServerBootstrap bootstrap, final Class<? extends ServerChannel> channelClass) {
        bootstrap
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(idle(channelClass), SECONDS)
                .childOption(interval(channelClass), SECONDS);
    }

    /**
     * For a connection that somebody else has accepted.
     *
     * @param channelClass of the listeners beside it.
     */
    public static void configure(
            final Channel connection, final Class<? extends ServerChannel> channelClass) {
        final ChannelConfig config = connection.config();
        config.setOption(ChannelOption.SO_KEEPALIVE, true);
        config.setOption(idle(channelClass), SECONDS);
        config.setOption(interval(channelClass), SECONDS);
    }

    /** How long nothing is heard before the first probe, in seconds. */
    public static ChannelOption<Integer> idle(final Class<? extends ServerChannel> channelClass) {
        if (Rings.areOf(channelClass)) {
            return IoUringChannelOption.TCP_KEEPIDLE;
        }
        return isEpoll(channelClass)
                ? EpollChannelOption.TCP_KEEPIDLE
                : NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE);
    }

    /** How long a probe is waited for before the next, in seconds. */
    public static ChannelOption<Integer> interval(
            final Class<? extends ServerChannel> channelClass) {
        if (Rings.areOf(channelClass)) {
            return IoUringChannelOption.TCP_KEEPINTVL;
        }
        return isEpoll(channelClass)
                ? EpollChannelOption.TCP_KEEPINTVL
                : NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL);
    }

    private static boolean isEpoll(final Class<? extends ServerChannel> channelClass) {
        return EpollServerSocketChannel.class.isAssignableFrom(channelClass);
    }
}
