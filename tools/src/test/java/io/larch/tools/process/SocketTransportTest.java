package io.larch.tools.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.http.listen.Listener;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SocketTransportTest {
    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private static final int CLIENTS = 150;

    /** Of each client. */
    private static final byte[] BYTES = new byte[60_000];

    static {
        new Random(1).nextBytes(BYTES);
    }

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

    /** More at once than a ring's buffers take: whatever waits for the next ones loses nothing. */
    @ParameterizedTest
    @EnumSource
    @Timeout(60)
    void shouldReadMoreThanThereAreBuffersFor(final SocketTransport sockets) throws Exception {
        assumeTrue(sockets.isAvailable(), () -> "has no " + sockets);
        final ManualIoEventLoop loop =
                new ManualIoEventLoop(Thread.currentThread(), sockets.handlerFactory());
        final List<Socket> clients = new ArrayList<>();
        final List<Sum> sums = new ArrayList<>();
        try {
            final ChannelFuture bound =
                    Listener.bind(
                            loop,
                            sockets.serverChannel(),
                            ANY_PORT,
                            channel -> {
                                sums.add(new Sum());
                                channel.pipeline().addLast(sums.get(sums.size() - 1));
                            });
            runUntil(loop, bound::isDone);
            final InetSocketAddress address = (InetSocketAddress) bound.channel().localAddress();
            for (int i = 0; i < CLIENTS; i++) {
                final Socket client = new Socket(address.getAddress(), address.getPort());
                clients.add(client);
                client.getOutputStream().write(BYTES);
            }
            runUntil(
                    loop,
                    () ->
                            sums.stream().filter(sum -> sum.count == BYTES.length).count()
                                    == CLIENTS);
            assertTrue(sums.stream().allMatch(sum -> sum.isRight));
        } finally {
            CloseHelper.closeAll(clients);
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            runUntil(loop, loop::isTerminated);
        }
    }

    private static void runUntil(final ManualIoEventLoop loop, final BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            loop.run(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** Looks whether all bytes come, and in their order. */
    private static final class Sum extends ChannelInboundHandlerAdapter {
        private int count;
        private int reads;
        private boolean isRight = true;

        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            stopAndBeginAgain(ctx);
            final ByteBuf bytes = (ByteBuf) message;
            while (bytes.isReadable() && isRight) {
                isRight = count < BYTES.length && bytes.readByte() == BYTES[count];
                count++;
            }
            bytes.release();
        }

        /** As who has enough for now does: at once again, or a little later. */
        private void stopAndBeginAgain(final ChannelHandlerContext ctx) {
            reads++;
            ctx.channel().config().setAutoRead(false);
            if (reads % 3 == 0) {
                ctx.executor().execute(() -> ctx.channel().config().setAutoRead(true));
            } else {
                ctx.channel().config().setAutoRead(true);
            }
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
