package io.larch.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.raft.MessageType;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AeronPeerTransportTest {
    @TempDir Path directory;
    private Cluster cluster;

    @BeforeEach
    void start() {
        cluster = new Cluster(directory);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void shouldCarryMessagesBothWays() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();

        assertTrue(one.send(two, MessageType.VOTE, 7));
        cluster.run(() -> two.received.size() == 1, "the vote arrives");
        assertTrue(two.send(one, MessageType.VOTE_REPLY, 8));
        cluster.run(() -> one.received.size() == 1, "the answer arrives");

        assertEquals(MessageType.VOTE, two.received.get(0).type());
        assertEquals(1, two.received.get(0).from());
        assertEquals(7, two.received.get(0).index());
        assertTrue(two.received.get(0).sendNanos() != 0);
        assertEquals(8, one.received.get(0).index());
    }

    @Test
    void shouldKeepTheOrderOfEachStreamAmongThreeMembers() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        final TestMember three = cluster.add(3);
        cluster.connectAll();

        final int count = 5_000;
        final Random random = new Random(1);
        for (int i = 0; i < count; i++) {
            final byte[] body = new byte[random.nextInt(3_000)];
            for (final TestMember to : List.of(two, three)) {
                assertTrue(one.send(to.id, MessageType.APPEND, i, body));
                assertTrue(
                        one.send(to, MessageType.HEARTBEAT, i),
                        i + ": " + one.transport.counters() + " / " + to.transport.counters());
            }
            if (i % 50 == 0) {
                one.turn();
                two.turn();
                three.turn();
            }
        }
        cluster.run(
                () -> two.received.size() == 2 * count && three.received.size() == 2 * count,
                "all arrive");

        final long[] expected = LongStream.range(0, count).toArray();
        for (final TestMember to : List.of(two, three)) {
            assertArrayEquals(expected, to.receivedIndexes(MessageType.APPEND));
            assertArrayEquals(expected, to.receivedIndexes(MessageType.HEARTBEAT));
        }
    }

    @Test
    void shouldCarryTheLongestMessagesInOrder() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();

        final Random random = new Random(2);
        final int[] lengths = {100, 600 << 10, 12 << 20, 3, 1 << 20, 10 << 20, 511 << 10};
        final byte[][] bodies = new byte[lengths.length][];
        for (int i = 0; i < lengths.length; i++) {
            bodies[i] = new byte[lengths[i]];
            random.nextBytes(bodies[i]);
            assertTrue(one.send(two.id, MessageType.APPEND, i, bodies[i]));
        }
        cluster.run(() -> two.received.size() == lengths.length, "all arrive");

        for (int i = 0; i < lengths.length; i++) {
            assertEquals(i, two.received.get(i).index());
            assertArrayEquals(bodies[i], two.received.get(i).body());
        }
    }

    @Test
    void shouldRefuseToSendToNobody() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);

        assertFalse(one.send(two, MessageType.VOTE, 1));
        cluster.connectAll();
        assertFalse(one.send(99, MessageType.VOTE, 1, new byte[0]));
        assertEquals(2, one.count(TransportCounter.REFUSED_NOT_CONNECTED));
    }
}
