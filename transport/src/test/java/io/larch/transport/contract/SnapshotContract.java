package io.larch.transport.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.raft.MessageType;
import io.larch.engine.sockets.FreePort;
import io.larch.transport.TransportCounter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How every transport carries snapshots. */
public abstract class SnapshotContract {
    private static final int LENGTH = (5 << 20) + 12_345;

    @TempDir Path directory;
    protected Cluster cluster;
    protected TestMember leader;
    protected TestMember follower;
    protected final MemorySource source = new MemorySource(10, LENGTH);

    @BeforeEach
    void start() {
        cluster = newCluster(directory);
        leader = cluster.add(1);
        follower = cluster.add(2);
        cluster.connectAll();
    }

    protected abstract Cluster newCluster(Path where);

    @AfterEach
    void stop() {
        cluster.close();
    }

    protected boolean isSent() {
        return leader.count(TransportCounter.SNAPSHOTS_SENT) == 1;
    }

    protected boolean isHalfWay() {
        return follower.sink.position() > LENGTH / 2;
    }

    @Test
    void shouldSendASnapshotAndTellOfProgress() {
        leader.transport.sendSnapshot(2, 3, source);
        cluster.run(this::isSent, "the snapshot is sent");

        assertArrayEquals(source.bytes(), follower.sink.bytes());
        assertTrue(source.isClosed());
        assertTrue(leader.progressed.size() > 1);
        assertEquals(List.of(), leader.failed);
        assertEquals(LENGTH, leader.count(TransportCounter.SNAPSHOT_BYTES_SENT));
    }

    @Test
    void shouldSendAgainWhatTheSinkDidNotTake() {
        follower.sink.refusedWrites = 7;
        leader.transport.sendSnapshot(2, 3, source);
        cluster.run(() -> follower.sink.position() > 1 << 20, "it is under way");
        follower.sink.refusedWrites = 3;
        cluster.run(this::isSent, "the snapshot is sent");

        assertArrayEquals(source.bytes(), follower.sink.bytes());
        assertTrue(leader.count(TransportCounter.SNAPSHOT_RESENDS) > 0);
    }

    @Test
    void shouldGoOnWhereTheReceiverWasWhenItRestarted() {
        leader.transport.sendSnapshot(2, 3, source);
        cluster.run(this::isHalfWay, "half of it is there");
        final byte[] kept = follower.sink.bytes();
        follower = cluster.restart(follower, 2);
        follower.sink.begin(1, 3, 10, 1, LENGTH);
        follower.sink.write(0, new org.agrona.concurrent.UnsafeBuffer(kept), 0, kept.length);
        follower.transport.connect(1, List.of(leader.url()));
        cluster.run(this::isSent, "the snapshot is sent");

        assertArrayEquals(source.bytes(), follower.sink.bytes());
        assertTrue(leader.count(TransportCounter.SNAPSHOT_BYTES_SENT) < 2 * LENGTH);
    }

    @Test
    void shouldBeginAgainWhenTheReceiverLostEverything() {
        leader.transport.sendSnapshot(2, 3, source);
        cluster.run(this::isHalfWay, "half of it is there");
        follower = cluster.restart(follower, 2);
        follower.transport.connect(1, List.of(leader.url()));
        cluster.run(this::isSent, "the snapshot is sent");

        assertArrayEquals(source.bytes(), follower.sink.bytes());
    }

    @Test
    void shouldWaitForWhatIsNotReadYetAndGoOn() {
        source.readyBytes = 0;
        source.pieceBytes = 1000;
        leader.transport.sendSnapshot(2, 3, source);
        cluster.run(() -> !leader.progressed.isEmpty(), "it is accepted");
        while (source.readyBytes < LENGTH) {
            final int ready = source.readyBytes;
            cluster.run(() -> follower.sink.position() == ready, "what is ready is there");
            source.readyBytes = Math.min(LENGTH, ready + (1 << 20) + 1);
        }
        cluster.run(this::isSent, "the snapshot is sent");

        assertArrayEquals(source.bytes(), follower.sink.bytes());
        assertTrue(source.isClosed());
        assertEquals(List.of(), leader.failed);
    }

    @Test
    void shouldGiveUpAFileThatCannotBeRead() {
        source.readableBytes = LENGTH / 2;
        leader.transport.sendSnapshot(2, 3, source);
        cluster.run(() -> leader.failed.contains(2L), "it is given up");

        assertTrue(source.isClosed());
        assertEquals(1, leader.count(TransportCounter.SNAPSHOTS_FAILED));
    }

    @Test
    void shouldGiveUpAFileThatIsNeverReady() {
        source.readyBytes = LENGTH / 2;
        leader.transport.sendSnapshot(2, 3, source);
        cluster.run(() -> follower.sink.position() == LENGTH / 2, "what is ready is there");
        cluster.skip(TimeUnit.SECONDS.toNanos(5));
        cluster.run(() -> leader.failed.contains(2L), "it is given up");

        assertTrue(source.isClosed());
    }

    @Test
    void shouldTellWhenTheReceiverRefuses() {
        follower.sink.refusesAll = true;
        leader.transport.sendSnapshot(2, 3, source);
        cluster.run(() -> leader.failed.contains(2L), "the refusal is told");

        assertTrue(source.isClosed());
        assertEquals(1, leader.count(TransportCounter.SNAPSHOTS_FAILED));
    }

    @Test
    void shouldGiveUpWhenNothingMoves() {
        follower.sink.refusedWrites = Integer.MAX_VALUE;
        leader.transport.sendSnapshot(2, 3, source);
        cluster.run(() -> leader.count(TransportCounter.SNAPSHOT_RESENDS) > 3, "it is tried");
        cluster.skip(TimeUnit.SECONDS.toNanos(5));
        cluster.run(() -> leader.failed.contains(2L), "it is given up");

        assertTrue(source.isClosed());
        assertEquals(0, follower.sink.position());
    }

    @Test
    void shouldSayAtOnceThatNobodyIsThere() {
        leader.transport.sendSnapshot(99, 3, source);
        cluster.run(() -> leader.failed.contains(99L), "the failure is told");

        assertTrue(source.isClosed());
    }

    @Test
    void shouldKeepTheOneUnderWayWhenItIsTheSameAndReplaceItWhenItIsNot() {
        final MemorySource same = new MemorySource(10, LENGTH);
        final MemorySource newer = new MemorySource(20, LENGTH);
        leader.transport.sendSnapshot(2, 3, source);
        cluster.run(this::isHalfWay, "half of it is there");
        leader.transport.sendSnapshot(2, 3, same);
        assertTrue(same.isClosed());
        assertFalse(source.isClosed());
        leader.transport.sendSnapshot(2, 3, newer);
        assertTrue(source.isClosed());
        cluster.run(this::isSent, "the newer one is sent");

        assertArrayEquals(newer.bytes(), follower.sink.bytes());
    }

    @Test
    void shouldCarryMessagesWhileASnapshotIsUnderWay() {
        leader.transport.sendSnapshot(2, 3, source);
        for (int i = 0; !isSent(); i++) {
            assertTrue(leader.send(follower, MessageType.HEARTBEAT, i));
            final int expected = i + 1;
            cluster.run(() -> follower.received.size() == expected, "the heartbeat arrives");
        }

        assertTrue(follower.received.size() > 10);
        assertArrayEquals(source.bytes(), follower.sink.bytes());
    }

    @Test
    void shouldNotSendFasterThanAllowed() {
        final Wishes wishes = new Wishes();
        wishes.snapshotBytesPerSecond = 8 << 20;
        final TestMember slow = cluster.add(3, "127.0.0.1", FreePort.next(), 1, wishes);
        slow.transport.connect(2, List.of(follower.url()));
        follower.transport.connect(3, List.of(slow.url()));
        final long begin = cluster.nanoTime();
        slow.transport.sendSnapshot(2, 3, source);
        cluster.run(() -> slow.count(TransportCounter.SNAPSHOTS_SENT) == 1, "it is sent");

        final long tookNanos = cluster.nanoTime() - begin;
        assertTrue(tookNanos > (LENGTH - (128 << 10)) * 1_000_000_000L / (8 << 20));
    }
}
