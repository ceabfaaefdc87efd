package io.larch.tools.process;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd, or whoever set NOTIFY_SOCKET, that the member serves, that it lives, and that it
 * begins to stop: for units of {@code Type=notify}. The socket is a Unix datagram socket, which the
 * JDK cannot open.
 */
public final class SystemdNotifier {
    private static final Logger LOG = LoggerFactory.getLogger(SystemdNotifier.class);
    private static final String READY = "READY=1";
    private static final String STOPPING = "STOPPING=1";
    private static final String ALIVE = "WATCHDOG=1";

    private final String socketName;

    /**
     * @param socketName a path, or {@code @name} in the abstract namespace; null or empty: nobody
     *     wants to know.
     */
    public SystemdNotifier(final String socketName) {
        this.socketName = socketName == null ? "" : socketName;
    }

    /** Tells that it serves; a failure goes to the log and changes nothing. */
    public void ready() {
        tell(READY, "readiness");
    }

    /** Tells that it begins to stop; likewise. */
    public void stopping() {
        tell(STOPPING, "its stop");
    }

    /** Tells that it is alive; likewise. */
    void alive() {
        tell(ALIVE, "its watchdog");
    }

    private void tell(final String state, final String what) {
        if (socketName.isEmpty()) {
            return;
        }
        try {
            send(state);
        } catch (final Exception | Error e) {
            LOG.error("failed to notify systemd for {}: {}", what, e.toString());
        }
    }

    private void send(final String state) throws Exception {
        if (!Epoll.isAvailable()) {
            throw new IllegalStateException("no native sockets", Epoll.unavailabilityCause());
        }
        final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            final Channel channel =
                    new Bootstrap()
                            .group(loop)
                            .channel(EpollDomainDatagramChannel.class)
                            .handler(new ChannelInboundHandlerAdapter())
                            .connect(address())
                            .sync()
                            .channel();
            try {
                channel.writeAndFlush(Unpooled.copiedBuffer(state, StandardCharsets.US_ASCII))
                        .sync();
            } finally {
                channel.close().sync();
            }
        } finally {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private DomainSocketAddress address() {
        return new DomainSocketAddress(
                socketName.startsWith("@") ? "\0" + socketName.substring(1) : socketName);
    }
}
