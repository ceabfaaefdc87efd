package io.larch.tools.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Listens where systemd would, and keeps what it hears. */
final class NotifySocket implements BeforeEachCallback, AfterEachCallback {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private EventLoopGroup loop;
    private Path path;

    @Override
    public void beforeEach(final ExtensionContext context) throws Exception {
        assumeTrue(Epoll.isAvailable(), "needs epoll");
        loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        path = Files.createTempDirectory("larch-notify").resolve("socket");
        listen(path.toString());
    }

    @Override
    public void afterEach(final ExtensionContext context) throws Exception {
        if (loop != null) {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
            Files.deleteIfExists(path);
            Files.deleteIfExists(path.getParent());
        }
    }

    /** Where it listens. */
    String path() {
        return path.toString();
    }

    /** The next that is told. */
    String next() throws InterruptedException {
        return nextWithin(30, TimeUnit.SECONDS);
    }

    /** The next that is told; null when nothing is within the time. */
    String nextWithin(final long time, final TimeUnit unit) throws InterruptedException {
        return received.poll(time, unit);
    }

    /** Listens there as well. */
    void listen(final String name) throws InterruptedException {
        new Bootstrap()
                .group(loop)
                .channel(EpollDomainDatagramChannel.class)
                .handler(
                        new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                            @Override
                            protected void channelRead0(
                                    final ChannelHandlerContext context,
                                    final DomainDatagramPacket packet) {
                                received.add(packet.content().toString(StandardCharsets.US_ASCII));
                            }
                        })
                .bind(new DomainSocketAddress(name))
                .sync();
    }
}
