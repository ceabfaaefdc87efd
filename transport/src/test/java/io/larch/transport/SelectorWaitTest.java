package io.larch.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SelectorWaitTest {
    private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

    private final SelectorWait selector = new SelectorWait();
    private int readable;

    private static DatagramChannel socket() throws Exception {
        final DatagramChannel channel = DatagramChannel.open();
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        channel.configureBlocking(false);
        return channel;
    }

    private static void send(final DatagramChannel target) throws Exception {
        try (DatagramChannel sender = DatagramChannel.open()) {
            sender.send(ByteBuffer.wrap(new byte[1]), target.getLocalAddress());
        }
    }

    @Test
    void shouldNotWaitWhenItWasWokenBefore() throws Exception {
        selector.wake(Thread.currentThread());
        selector.await(HOUR_NANOS);

        // A wake-up is remembered across the look that ends a watching.
        final DatagramChannel channel = socket();
        final AutoCloseable registration = selector.watchReadable(channel, () -> readable++);
        selector.wake(Thread.currentThread());
        registration.close();
        selector.await(HOUR_NANOS);
        channel.close();
        selector.close();
    }

    @Test
    void shouldBeWokenByAnotherThread() throws Exception {
        final CountDownLatch waiting = new CountDownLatch(1);
        final Thread waiter =
                new Thread(
                        () -> {
                            waiting.countDown();
                            selector.await(HOUR_NANOS);
                        });
        waiter.start();
        waiting.await();
        selector.wake(waiter);
        waiter.join();
        selector.close();
    }

    @Test
    void shouldEndTheWaitAsLongAsAChannelIsReadable() throws Exception {
        final DatagramChannel channel = socket();
        final AutoCloseable registration = selector.watchReadable(channel, () -> readable++);
        send(channel);
        selector.await(HOUR_NANOS);
        selector.await(HOUR_NANOS);
        assertEquals(2, readable);

        channel.receive(ByteBuffer.allocate(10));
        selector.await(1);
        assertEquals(2, readable);
        registration.close();
        channel.close();
        selector.close();
    }

    @Test
    void shouldLetGoOfASocketAtOnce() throws Exception {
        final DatagramChannel channel = socket();
        final InetSocketAddress address = (InetSocketAddress) channel.getLocalAddress();
        final AutoCloseable registration = selector.watchReadable(channel, () -> readable++);
        selector.await(1);
        registration.close();
        channel.close();
        try (DatagramChannel next = DatagramChannel.open()) {
            next.bind(address);
            assertTrue(next.isOpen());
        }
        selector.close();
        assertTimeoutPreemptively(Duration.ofSeconds(10), registration::close);
    }
}
