package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.http.listen.KeepAlive;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
            checkKeepAlive(edge, channels);
            edge.close().sync();
            checkLimit(loops, channels);
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
        }
        client.get();
        edge.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        while (!loop.isTerminated()) {
            loop.run(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** Accepted elsewhere, with half of a request read there: pages of peers, whole requests. */
    @Test
    void shouldTakeOverAConnectionOfAPeer() throws Exception {
        final MultiThreadIoEventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(loopback())) {
            final HttpEdge edge =
                    new HttpEdge(
                            new HttpContext().maxPeerConnections(1),
                            loops,
                            NioServerSocketChannel.class,
                            (handler, loop) -> new FakeEngine().attach(handler));
            try (Socket client = new Socket()) {
                client.connect(listener.getLocalAddress());
                send(client, "GET /v2/");
                adopt(edge, listener, "GET /v2/");
                send(client, "keys/a HTTP/1.1\r\nHost: x\r\n\r\nGET /version HTTP/1.1\r\n");
                try (Socket tooMany = new Socket()) {
                    tooMany.connect(listener.getLocalAddress());
                    send(tooMany, "GET");
                    adopt(edge, listener, "GET");
                    assertEquals(-1, tooMany.getInputStream().read());
                }
                send(client, "Host: x\r\nConnection: close\r\n\r\n");
                final String replies = rest(client);
                assertTrue(replies.startsWith("HTTP/1.1 404 "), replies);
                assertTrue(replies.contains("{\"etcdserver\":"), replies);
            }
            edge.close().sync();
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    private static void adopt(
            final HttpEdge edge, final ServerSocketChannel listener, final String first)
            throws IOException {
        final SocketChannel accepted = listener.accept();
        final ByteBuffer read = ByteBuffer.allocate(first.length());
        while (read.hasRemaining()) {
            assertTrue(accepted.read(read) >= 0);
        }
        edge.adoptPeer(new NioSocketChannel(accepted), Unpooled.wrappedBuffer(read.array()), null);
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

    private static void checkKeepAlive(
            final HttpEdge edge, final Class<? extends ServerChannel> channels) throws Exception {
        final CompletableFuture<List<Object>> options = new CompletableFuture<>();
        final Channel listener =
                edge.bind(
                                loopback(),
                                () ->
                                        new ChannelInboundHandlerAdapter() {
                                            @Override
                                            public void channelActive(
                                                    final ChannelHandlerContext ctx) {
                                                options.complete(keepAlive(ctx, channels));
                                                ctx.fireChannelActive();
                                            }
                                        })
                        .sync()
                        .channel();
        exchange(listener, LAST, false);
        assertEquals(List.of(true, 30, 30), options.get(10, TimeUnit.SECONDS));
    }

    private static List<Object> keepAlive(
            final ChannelHandlerContext ctx, final Class<? extends ServerChannel> channels) {
        final ChannelConfig config = ctx.channel().config();
        return List.of(
                config.getOption(ChannelOption.SO_KEEPALIVE),
                config.getOption(KeepAlive.idle(channels)),
                config.getOption(KeepAlive.interval(channels)));
    }

    private static void checkLimit(
            final EventLoopGroup loops, final Class<? extends ServerChannel> channels)
            throws Exception {
        final HttpEdge edge =
                new HttpEdge(
                        new HttpContext().maxClientConnections(2),
                        loops,
                        channels,
                        (handler, loop) -> new FakeEngine().attach(handler));
        final Channel listener = edge.bind(loopback()).sync().channel();
        final Channel peers = edge.bindPeer(loopback()).sync().channel();
        try (Socket first = connect(listener)) {
            try (Socket second = connect(listener)) {
                try (Socket third = new Socket()) {
                    third.connect(listener.localAddress());
                    assertEquals(-1, third.getInputStream().read());
                }
                assertTrue(exchange(peers, LAST, false).startsWith("HTTP/1.1 404 "));
                assertTrue(metrics(second).contains("\nlarch_http_connections 2.0\n"));
            }
            String reply = "";
            while (!reply.startsWith("HTTP/1.1 404 ")) {
                reply = exchangeOrNothing(listener);
            }
            assertTrue(metrics(first).contains("\nlarch_http_connections_refused_total "));
        }
        edge.close().sync();
    }

    /** Until the edge has seen that the second connection is closed, it refuses. */
    private static String exchangeOrNothing(final Channel listener) {
        try {
            return exchange(listener, LAST, false);
        } catch (final IOException refused) {
            return "";
        }
    }

    /** A connection that has been accepted for sure. */
    private static Socket connect(final Channel listener) throws IOException {
        final Socket socket = new Socket();
        socket.connect(listener.localAddress());
        send(socket, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
        socket.getInputStream().read();
        return socket;
    }

    private static String metrics(final Socket socket) throws IOException {
        send(socket, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        return rest(socket);
    }

    private static String rest(final Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static void send(final Socket socket, final String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
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
            return rest(socket);
        }
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
