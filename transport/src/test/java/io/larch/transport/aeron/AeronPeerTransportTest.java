package io.larch.transport.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.raft.MessageType;
import io.larch.transport.TransportCounter;
import io.larch.transport.contract.Cluster;
import io.larch.transport.contract.PeerTransportContract;
import io.larch.transport.contract.TestMember;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AeronPeerTransportTest extends PeerTransportContract {
    @Override
    protected Cluster newCluster(final Path where) {
        return new AeronCluster(where);
    }

    @Test
    void shouldHearRandomDatagramsWithoutHarm() throws IOException {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();
        final Random random = new Random(3);
        try (DatagramChannel forger = DatagramChannel.open()) {
            final InetSocketAddress target = new InetSocketAddress("127.0.0.1", two.port);
            for (int i = 0; i < 2_000; i++) {
                final byte[] bytes = new byte[random.nextInt(200)];
                random.nextBytes(bytes);
                if (bytes.length > 8 && random.nextBoolean()) {
                    bytes[4] = 0;
                    bytes[6] = (byte) random.nextInt(12);
                    bytes[7] = 0;
                }
                forger.send(ByteBuffer.wrap(bytes), target);
                if (i % 20 == 0) {
                    assertTrue(one.send(two, MessageType.HEARTBEAT, i));
                    final int expected = i / 20 + 1;
                    cluster.run(() -> two.received.size() == expected, "the heartbeat arrives");
                }
            }
        }
        assertEquals(100, two.received.size());
    }

    @Test
    void shouldReplaceADriverThatGotNoTurnForTooLong() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();

        cluster.skip(TimeUnit.MINUTES.toNanos(2));
        cluster.run(
                () ->
                        one.count(TransportCounter.DRIVERS_REPLACED) > 0
                                && two.count(TransportCounter.DRIVERS_REPLACED) > 0,
                "the drivers are replaced");
        cluster.run(
                () -> one.send(two, MessageType.VOTE, 1) && !two.received.isEmpty(),
                "they talk again");
        cluster.run(
                () -> two.send(one, MessageType.VOTE, 1) && !one.received.isEmpty(),
                "they talk again");
    }

    @Test
    void shouldForgetWhatWaitedWhenTheDriverIsLostOrThePeerMoves() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();
        final byte[] body = new byte[9 << 20];

        assertTrue(one.send(2, MessageType.APPEND, 1, body));
        assertTrue(one.send(2, MessageType.APPEND, 2, body));
        one.transport.flush();
        AeronCluster.loseDriver(one);
        cluster.run(() -> one.count(TransportCounter.LOST_WITH_CONNECTION) > 0, "it is forgotten");
        cluster.run(
                () -> one.send(two, MessageType.VOTE, 3) && !two.received.isEmpty(),
                "they talk again");

        assertTrue(one.send(2, MessageType.APPEND, 4, body));
        one.transport.connect(2, List.of("http://[::1]:" + two.port));
        one.transport.flush();
        cluster.run(() -> one.count(TransportCounter.ADDRESSES_CHANGED) > 0, "it moves");
        one.transport.flush();
        one.transport.connect(2, List.of(two.url()));
        two.received.clear();
        cluster.run(
                () -> one.send(two, MessageType.VOTE, 5) && !two.received.isEmpty(),
                "they talk again");
    }

    @Test
    void shouldTryAgainUntilTheDriverCanBeReplaced() throws IOException {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();

        AeronCluster.loseDriver(one);
        cluster.run(() -> one.count(TransportCounter.DRIVERS_REPLACED) == 1, "it is given up");
        try (DatagramChannel intruder = DatagramChannel.open()) {
            intruder.bind(new InetSocketAddress("127.0.0.1", one.port));
            assertEquals(0, one.turn());
            assertFalse(one.send(two, MessageType.VOTE, 1));
            assertTrue(
                    one.transport.nextDeadlineNanos(cluster.nanoTime()) - cluster.nanoTime() > 0);
        }
        cluster.run(
                () -> one.send(two, MessageType.VOTE, 2) && !two.received.isEmpty(),
                "they talk again");
    }
}
