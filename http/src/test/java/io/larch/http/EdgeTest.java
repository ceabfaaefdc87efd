package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The edge on real sockets of the loopback interface. */
@Timeout(30)
class EdgeTest {
    private static final String PUT =
            "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                    + "Content-Length: 7\r\n\r\nvalue=1";
    private static final String LAST =
            "GET /v2/keys/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    @Test
    void shouldServeOverNio() throws Exception {
        serve(NioIoHandler.newFactory(), NioServerSocketChannel.class);
    }

    @Test
    void shouldServeOverEpoll() throws Exception {
        if (Epoll.isAvailable()) {
            serve(EpollIoHandler.newFactory(), EpollServerSocketChannel.class);
        }
    }

    private static void serve(
            final IoHandlerFactory handlers, final Class<? extends ServerChannel> channels)
            throws Exception {
        final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, handlers);
        try {
            final HttpEdge edge =
                    new HttpEdge(
                            new HttpContext(),
                            loops,
                            channels,
                            (handler, loop) -> new FakeEngine().attach(handler));
            final Channel listener = edge.bind(loopback()).sync().channel();
            checkPipelining(listener);
            checkHalfClosedClient(listener);
            edge.close().sync();
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    @Test
    void shouldServeOnALoopThatItsOwnerDrives() throws Exception {
        final ManualIoEventLoop loop =
                new ManualIoEventLoop(Thread.currentThread(), NioIoHandler.newFactory());
        final HttpEdge edge =
                new HttpEdge(
                        new HttpContext(),
                        loop,
                        NioServerSocketChannel.class,
                        (handler, executor) -> new FakeEngine().attach(handler));
        final ChannelFuture bound = edge.bind(loopback());
        while (!bound.isDone()) {
            loop.runNow();
        }
        final CompletableFuture<Void> client =
                CompletableFuture.runAsync(
                        () -> {
                            try {
                                checkPipelining(bound.channel());
                            } catch (final IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        while (!client.isDone()) {
            loop.run(TimeUnit.MILLISECONDS.toNanos(10));
            edge.flushReplies();
        }
        client.get();
        edge.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        while (!loop.isTerminated()) {
            loop.run(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static void checkPipelining(final Channel listener) throws IOException {
        final String replies = exchange(listener, PUT.repeat(50) + LAST, false);
        assertEquals(52, replies.split("HTTP/1.1 20", -1).length, replies);
        assertTrue(replies.startsWith("HTTP/1.1 201 Created"), replies);
        assertTrue(replies.contains("\"modifiedIndex\":53,\"createdIndex\":53"), replies);
        assertTrue(replies.contains("{\"action\":\"get\""), replies);
    }

    private static void checkHalfClosedClient(final Channel listener) throws IOException {
        final String reply = exchange(listener, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", true);
        assertTrue(reply.endsWith("\r\n\r\nok\n"), reply);
    }

    private static String exchange(
            final Channel listener, final String request, final boolean isHalfClosed)
            throws IOException {
        final int port = ((InetSocketAddress) listener.localAddress()).getPort();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            if (isHalfClosed) {
                socket.shutdownOutput();
            }
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
