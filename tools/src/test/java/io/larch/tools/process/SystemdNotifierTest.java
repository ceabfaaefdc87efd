package io.larch.tools.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemdNotifierTest {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private EventLoopGroup loop;

    @BeforeEach
    void start() {
        assumeTrue(Epoll.isAvailable(), "needs epoll");
        loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    @AfterEach
    void stop() {
        if (loop != null) {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    @Test
    void shouldSayToTheSocketThatItIsReady(@TempDir final Path directory) throws Exception {
        final String path = directory.resolve("notify").toString();
        listen(path);

        new SystemdNotifier(path).ready();

        assertEquals("READY=1", received.poll(30, TimeUnit.SECONDS));
    }

    @Test
    void shouldSayItInTheAbstractNamespace() throws Exception {
        final String name = "larch-test-" + ProcessHandle.current().pid();
        listen("\0" + name);

        new SystemdNotifier("@" + name).ready();

        assertEquals("READY=1", received.poll(30, TimeUnit.SECONDS));
    }

    @Test
    void shouldSayThatItStops(@TempDir final Path directory) throws Exception {
        final String path = directory.resolve("notify").toString();
        listen(path);

        new SystemdNotifier(path).stopping();

        assertEquals("STOPPING=1", received.poll(30, TimeUnit.SECONDS));
    }

    @Test
    void shouldGoOnWhenNobodyListens(@TempDir final Path directory) {
        new SystemdNotifier(directory.resolve("none").toString()).ready();
        new SystemdNotifier(directory.resolve("none").toString()).stopping();
        new SystemdNotifier(null).ready();
        new SystemdNotifier("").ready();
    }

    private void listen(final String path) throws InterruptedException {
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
                .bind(new DomainSocketAddress(path))
                .sync();
    }
}
