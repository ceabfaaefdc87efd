package io.larch.tools.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SocketTransportTest {
    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /** One that the JDK has accepted and read a byte of goes on at an event loop, to its end. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "IO_URING")
    @Timeout(30)
    void shouldTakeOverConnections(final SocketTransport sockets) throws Exception {
        assumeTrue(sockets.isAvailable(), () -> "has no " + sockets);
        final MultiThreadIoEventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(1, sockets.handlerFactory());
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(ANY_PORT);
                Socket client = new Socket()) {
            client.connect(listener.getLocalAddress());
            client.getOutputStream().write(new byte[] {1, 2, 3});
            final SocketChannel accepted = listener.accept();
            accepted.configureBlocking(false);
            final ByteBuffer first = ByteBuffer.allocate(1);
            while (first.hasRemaining()) {
                accepted.read(first);
            }
            final Channel taken = sockets.adopt(accepted);
            taken.pipeline().addLast(new Echo());
            loops.register(taken).sync();
            assertEquals(2, client.getInputStream().read());
            assertEquals(3, client.getInputStream().read());
            client.shutdownOutput();
            assertEquals(-1, client.getInputStream().read());
            taken.closeFuture().sync();
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(30)
    void shouldServeWhatItAccepts(final SocketTransport sockets) throws Exception {
        assumeTrue(sockets.isAvailable(), () -> "has no " + sockets);
        final MultiThreadIoEventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(1, sockets.handlerFactory());
        try {
            final Channel listener =
                    new ServerBootstrap()
                            .group(loops)
                            .channel(sockets.serverChannel())
                            .childHandler(new Echo())
                            .bind(ANY_PORT)
                            .sync()
                            .channel();
            final InetSocketAddress address = (InetSocketAddress) listener.localAddress();
            try (Socket client = new Socket(address.getAddress(), address.getPort())) {
                client.getOutputStream().write(new byte[] {1, 2});
                assertEquals(1, client.getInputStream().read());
                assertEquals(2, client.getInputStream().read());
                client.shutdownOutput();
                assertEquals(-1, client.getInputStream().read());
            }
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    @Test
    void shouldNotTakeARingWhereConnectionsAreHandedOver() {
        assertNotEquals(SocketTransport.IO_URING, SocketTransport.best(true));
        assertThrows(
                UnsupportedOperationException.class, () -> SocketTransport.IO_URING.adopt(null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.1.0-13-amd64", "6.1", "6.18.44", "10.0.1"})
    void shouldTakeRingsOfTheseKernels(final String release) {
        assertTrue(SocketTransport.isRingKernel(release));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"5.15.0", "6.0.19", "3.10.0-1160.el7", "", "unknown", "6", "99999999999.1"})
    void shouldNotTakeRingsOfThese(final String release) {
        assertFalse(SocketTransport.isRingKernel(release));
    }

    @Sharable
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            ctx.writeAndFlush(message);
        }
    }
}
