package io.larch.tools.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.transport.ChannelWatch.Watched;
import io.netty.channel.ManualIoEventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The one thread of a member waits for its peers, too, whatever serves its sockets. */
@Timeout(30)
class EventLoopWatchTest {
    private static final SocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final int SEVERAL = 20;

    private final AtomicInteger told = new AtomicInteger();
    private ManualIoEventLoop loop;

    @ParameterizedTest
    @EnumSource
    void shouldTellOfWhatIsUnreadUntilItIsRead(final SocketTransport sockets) throws Exception {
        open(sockets);
        try (DatagramChannel receiver = receiver();
                DatagramChannel sender = DatagramChannel.open()) {
            final Watched watched =
                    new EventLoopWatch(loop).watchReadable(receiver, told::incrementAndGet);
            turns();
            assertEquals(0, told.get());

            sender.send(ByteBuffer.wrap(new byte[1]), receiver.getLocalAddress());
            awaitTold(1);
            awaitTold(3);

            receiver.receive(ByteBuffer.allocate(9));
            turns();
            final int before = told.get();
            turns();
            assertEquals(before, told.get());

            sender.send(ByteBuffer.wrap(new byte[1]), receiver.getLocalAddress());
            awaitTold(before + 1);
            watched.close();
        } finally {
            end();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellOfOtherOperationsFromNowOn(final SocketTransport sockets) throws Exception {
        open(sockets);
        try (DatagramChannel receiver = receiver()) {
            final Watched watched =
                    new EventLoopWatch(loop).watchReadable(receiver, told::incrementAndGet);
            turns();
            assertEquals(0, told.get());

            watched.operations(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            awaitTold(2);

            watched.operations(SelectionKey.OP_READ);
            turns();
            final int before = told.get();
            turns();
            assertEquals(before, told.get());
            watched.close();
        } finally {
            end();
        }
    }

    /** The kernel keeps what it is asked to watch; the port is free all the same. */
    @ParameterizedTest
    @EnumSource
    void shouldTellNothingBehindTheEndAndHoldNoPort(final SocketTransport sockets)
            throws Exception {
        open(sockets);
        try {
            final DatagramChannel receiver = receiver();
            final SocketAddress address = receiver.getLocalAddress();
            final Watched watched =
                    new EventLoopWatch(loop).watchReadable(receiver, told::incrementAndGet);
            turns();
            watched.close();
            receiver.close();
            turns();
            try (DatagramChannel next = DatagramChannel.open().bind(address);
                    DatagramChannel sender = DatagramChannel.open()) {
                sender.send(ByteBuffer.wrap(new byte[1]), address);
                turns();
                assertEquals(0, told.get());
                assertTrue(next.isOpen());
            }
        } finally {
            end();
        }
    }

    private void open(final SocketTransport sockets) {
        assumeTrue(sockets.isAvailable(), () -> "has no " + sockets);
        loop = new ManualIoEventLoop(Thread.currentThread(), sockets.handlerFactory());
    }

    private static DatagramChannel receiver() throws Exception {
        final DatagramChannel channel = DatagramChannel.open().bind(ANY_PORT);
        channel.configureBlocking(false);
        return channel;
    }

    private void awaitTold(final int times) {
        while (told.get() < times) {
            loop.run(TimeUnit.SECONDS.toNanos(20));
        }
    }

    private void turns() {
        for (int i = 0; i < SEVERAL; i++) {
            loop.run(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private void end() {
        if (loop != null) {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            while (!loop.isTerminated()) {
                loop.run(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }
}
