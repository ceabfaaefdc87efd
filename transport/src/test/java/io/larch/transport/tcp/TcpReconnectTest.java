package io.larch.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.raft.MessageType;
import io.larch.engine.sockets.FreePort;
import io.larch.transport.TransportCounter;
import io.larch.transport.address.FakeNames;
import io.larch.transport.contract.MemorySource;
import io.larch.transport.contract.TestMember;
import io.larch.transport.contract.Wishes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections that break, peers that fall silent, move and come back. */
@Timeout(60)
class TcpReconnectTest {
    @TempDir Path directory;
    private final FakeNames names = new FakeNames();
    private TcpCluster cluster;
    private TestMember one;
    private TestMember two;
    private TcpRelay relay;

    @BeforeEach
    void start() throws IOException {
        cluster = new TcpCluster(directory);
        final Wishes wishes = new Wishes();
        wishes.hostResolver = names;
        one = cluster.add(1, "127.0.0.1", FreePort.next(), 1, wishes);
        two = cluster.add(2);
        relay = new TcpRelay(two);
        cluster.onTurn(relay::turn);
    }

    @AfterEach
    void stop() {
        names.close();
        cluster.close();
        relay.close();
    }

    private void awaitHeardBy(final TestMember peer) {
        peer.received.clear();
        cluster.run(
                () -> one.send(peer, MessageType.VOTE, 1) && !peer.received.isEmpty(),
                "member " + peer.id + " hears");
    }

    private void connect() {
        one.transport.connect(2, List.of(relay.url()));
        awaitHeardBy(two);
        final long connected = cluster.nanoTime();
        cluster.run(
                () -> cluster.nanoTime() - connected > TimeUnit.MILLISECONDS.toNanos(1_200),
                "it has settled");
    }

    @Test
    void shouldConnectAnewWithinHalfASecondAfterAConnectionBroke() {
        connect();
        for (int i = 1; i <= 3; i++) {
            relay.breakAll();
            final long broken = cluster.nanoTime();
            final int losses = i;
            cluster.run(
                    () -> one.count(TransportCounter.CONNECTIONS_LOST) == losses,
                    "the loss is noticed");
            awaitHeardBy(two);
            final long tookMs = TimeUnit.NANOSECONDS.toMillis(cluster.nanoTime() - broken);
            assertTrue(tookMs < 500, tookMs + " ms");
        }
        assertEquals(List.of(2L, 2L, 2L), one.unreachable);
    }

    @Test
    @Tag("slow")
    void shouldNoticeThatNothingGetsThroughThoughNobodySaysSo() {
        connect();
        relay.cut(true);
        cluster.run(
                () -> one.count(TransportCounter.CONNECTIONS_LOST) == 1, "the silence is noticed");
        assertEquals(List.of(2L), one.unreachable);

        relay.cut(false);
        awaitHeardBy(two);
    }

    @Test
    @Tag("slow")
    void shouldKeepAConnectionOnWhichNothingIsSaid() {
        connect();
        final int before = relay.accepted();
        for (int i = 0; i < 300; i++) {
            cluster.skip(TimeUnit.MILLISECONDS.toNanos(100));
            final long at = cluster.nanoTime();
            cluster.run(
                    () -> cluster.nanoTime() - at > TimeUnit.MILLISECONDS.toNanos(3),
                    "time passes");
        }
        assertEquals(0, one.count(TransportCounter.CONNECTIONS_LOST));
        assertEquals(before, relay.accepted());
        awaitHeardBy(two);
    }

    @Test
    void shouldNotTakeItsOwnPauseForSilenceOfThePeer() {
        connect();
        assertTrue(one.send(two, MessageType.VOTE, 5));
        one.turn();
        cluster.skip(TimeUnit.SECONDS.toNanos(10));
        awaitHeardBy(two);

        assertEquals(0, one.count(TransportCounter.CONNECTIONS_LOST));
    }

    @Test
    void shouldForgetWhatWaitedWhenAConnectionBreaks() {
        connect();
        relay.cut(true);
        for (int i = 0; i < 20; i++) {
            one.send(2, MessageType.APPEND, i, new byte[1 << 20]);
        }
        cluster.run(() -> one.count(TransportCounter.LOST_WITH_CONNECTION) > 0, "it is forgotten");
        relay.cut(false);
        awaitHeardBy(two);
    }

    @Test
    void shouldFollowAPeerWhoseNameMeansAnotherAddress() {
        names.set("two", "127.0.0.1");
        one.transport.connect(2, List.of("http://two:" + two.port));
        awaitHeardBy(two);

        cluster.remove(two);
        final TestMember moved = cluster.add(2, "127.0.0.2", two.port, 2);
        names.set("two", "127.0.0.2");
        awaitHeardBy(moved);
    }

    @Test
    void shouldFindAPeerAtAnyOfTheAddressesOfItsName() {
        names.set("two", "127.0.0.77", "127.0.0.78", "127.0.0.1");
        one.transport.connect(2, List.of("http://two:" + two.port));
        awaitHeardBy(two);
    }

    @Test
    void shouldTryTheNextUrlWhenAnotherMemberIsAtTheFirst() {
        final TestMember three = cluster.add(3);
        one.transport.connect(2, List.of(three.url(), two.url()));
        awaitHeardBy(two);

        assertTrue(three.received.isEmpty());
        assertTrue(three.count(TransportCounter.STREAMS_REFUSED) > 0);
    }

    @Test
    void shouldCarryASnapshotOverBrokenConnections() {
        connect();
        two.transport.connect(1, List.of(one.url()));
        final MemorySource source = new MemorySource(10, 4 << 20);
        one.transport.sendSnapshot(2, 3, source);
        for (int i = 1; i <= 3; i++) {
            final long reached = i * (1L << 20);
            cluster.run(() -> two.sink.position() >= reached, "it goes on");
            relay.breakAll();
        }
        cluster.run(() -> one.count(TransportCounter.SNAPSHOTS_SENT) == 1, "it is sent");

        assertArrayEquals(source.bytes(), two.sink.bytes());
        assertEquals(List.of(), one.failed);
    }
}
