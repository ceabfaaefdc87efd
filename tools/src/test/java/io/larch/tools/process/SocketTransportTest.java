package io.larch.tools.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.Channel;
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

class SocketTransportTest {
    /** One that the JDK has accepted and read a byte of goes on at an event loop, to its end. */
    @Test
    @Timeout(30)
    void shouldTakeOverConnections() throws Exception {
        final MultiThreadIoEventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(1, SocketTransport.handlerFactory());
        try (ServerSocketChannel listener =
                        ServerSocketChannel.open()
                                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                Socket client = new Socket()) {
            client.connect(listener.getLocalAddress());
            client.getOutputStream().write(new byte[] {1, 2, 3});
            final SocketChannel accepted = listener.accept();
            accepted.configureBlocking(false);
            final ByteBuffer first = ByteBuffer.allocate(1);
            while (first.hasRemaining()) {
                accepted.read(first);
            }
            final Channel taken = SocketTransport.adopt(accepted);
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

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            ctx.writeAndFlush(message);
        }
    }
}
