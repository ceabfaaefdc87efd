package io.larch.transport.aeron;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.raft.MessageType;
import io.larch.transport.TransportCounter;
import io.larch.transport.contract.MemorySource;
import io.larch.transport.contract.TestMember;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Between the members lies a network that loses, repeats and reorders. */
class LossTest {
    private static final int PERCENT = 5;

    @TempDir Path directory;
    private AeronCluster cluster;
    private TestMember one;
    private TestMember two;
    private LossyRelay toOne;
    private LossyRelay toTwo;

    @BeforeEach
    void start() throws IOException {
        cluster = new AeronCluster(directory);
        one = cluster.add(1);
        two = cluster.add(2);
        toOne = new LossyRelay(cluster.selector(), one, 1);
        toTwo = new LossyRelay(cluster.selector(), two, 2);
        cluster.onTurn(toOne::turn);
        cluster.onTurn(toTwo::turn);
        one.transport.connect(2, List.of(toTwo.url()));
        two.transport.connect(1, List.of(toOne.url()));
        cluster.run(() -> cluster.isConnected(one) && cluster.isConnected(two), "they meet");
        toOne.percent(PERCENT);
        toTwo.percent(PERCENT);
    }

    @AfterEach
    void stop() {
        cluster.close();
        toOne.close();
        toTwo.close();
    }

    @Test
    void shouldKeepOrderAndLoseNothingWhileConnected() {
        final int count = 1_000;
        final Random random = new Random(5);
        final byte[][] bodies = new byte[count][];
        for (int i = 0; i < count; i++) {
            bodies[i] = new byte[random.nextInt(i % 50 == 0 ? 200_000 : 4_000)];
            random.nextBytes(bodies[i]);
            assertTrue(one.send(2, MessageType.APPEND, i, bodies[i]));
            assertTrue(one.send(two, MessageType.HEARTBEAT, i));
            if (i % 10 == 0) {
                final int least = 2 * (i - 100);
                cluster.run(() -> two.received.size() > least, "most have arrived");
            }
        }
        cluster.run(() -> two.received.size() == 2 * count, "all arrive");

        final long[] expected = LongStream.range(0, count).toArray();
        assertArrayEquals(expected, two.receivedIndexes(MessageType.APPEND));
        assertArrayEquals(expected, two.receivedIndexes(MessageType.HEARTBEAT));
        for (final TestMember.Received each : two.received) {
            if (each.type() == MessageType.APPEND) {
                assertArrayEquals(bodies[(int) each.index()], each.body());
            }
        }
        assertTrue(toTwo.lost() > 10);
        assertEquals(0, two.count(TransportCounter.DROPPED_DAMAGED));
    }

    @Test
    @Tag("slow")
    void shouldCarryLongMessages() {
        final byte[] body = new byte[10 << 20];
        new Random(6).nextBytes(body);
        assertTrue(one.send(2, MessageType.APPEND, 1, body));
        cluster.run(() -> !two.received.isEmpty(), "it arrives");

        assertArrayEquals(body, two.received.get(0).body());
    }

    @Test
    void shouldCarryASnapshot() {
        final MemorySource source = new MemorySource(10, 4 << 20);
        one.transport.sendSnapshot(2, 3, source);
        cluster.run(() -> one.count(TransportCounter.SNAPSHOTS_SENT) == 1, "it is sent");

        assertArrayEquals(source.bytes(), two.sink.bytes());
        assertTrue(toTwo.lost() > 10);
    }

    @Test
    @Tag("slow")
    void shouldCarryASnapshotOverCutsOfTheNetwork() {
        final MemorySource source = new MemorySource(10, 4 << 20);
        one.transport.sendSnapshot(2, 3, source);
        for (int cut = 1; cut <= 3; cut++) {
            final long reached = cut * (1L << 20);
            cluster.run(() -> two.sink.position() >= reached, "it goes on");
            toOne.percent(100);
            toTwo.percent(100);
            final long losses = cut;
            cluster.run(
                    () -> one.count(TransportCounter.CONNECTIONS_LOST) == losses,
                    "the cut is noticed");
            toOne.percent(0);
            toTwo.percent(0);
            cluster.run(
                    () -> one.count(TransportCounter.CONNECTIONS_GAINED) == losses + 1,
                    "they meet again");
        }
        cluster.run(() -> one.count(TransportCounter.SNAPSHOTS_SENT) == 1, "it is sent");

        assertArrayEquals(source.bytes(), two.sink.bytes());
        assertEquals(List.of(), one.failed);
    }
}
