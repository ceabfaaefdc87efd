package io.larch.transport.mixed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.raft.MessageType;
import io.larch.engine.sockets.FreePort;
import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import io.larch.transport.aeron.AeronContext;
import io.larch.transport.aeron.AeronPeerTransport;
import io.larch.transport.contract.Cluster;
import io.larch.transport.contract.MemorySource;
import io.larch.transport.contract.TestMember;
import io.larch.transport.contract.Wishes;
import io.larch.transport.tcp.TcpContext;
import io.larch.transport.tcp.TcpPeerTransport;
import io.larch.transport.tcp.TestEngines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members on their way from http to https. */
@Timeout(60)
class MixedPeerTransportTest {
    @TempDir Path directory;
    private MixedCluster cluster;
    private TestMember one;
    private TestMember two;

    private static final class MixedCluster extends Cluster {
        private final Map<Long, String> secureUrls = new HashMap<>();

        MixedCluster(final Path directory) {
            super(directory);
        }

        String secureUrl(final TestMember member) {
            return secureUrls.get(member.id);
        }

        @Override
        protected Carrier carrier(final TestMember member, final Wishes wishes) {
            secureUrls.put(member.id, "https://127.0.0.1:" + FreePort.next());
            final TransportCounters counters = new TransportCounters(null);
            final TcpPeerTransport secure =
                    new TcpPeerTransport(
                            new TcpContext()
                                    .listenUrls(List.of(secureUrl(member)))
                                    .tls(TestEngines.good())
                                    .nanoTime(this::nanoTime)
                                    .channelWatch(selector())
                                    .transportCounters(counters));
            // The third has no http URL any more.
            final List<String> plainUrls = member.id == 3 ? List.of() : wishes.listenUrls;
            final AeronPeerTransport plain =
                    new AeronPeerTransport(
                            new AeronContext()
                                    .listenUrls(plainUrls)
                                    .aeronDirectory(directory())
                                    .fallbackDirectory(directory().resolve("m" + member.id))
                                    .nanoTime(this::nanoTime)
                                    .channelWatch(selector())
                                    .transportCounters(counters));
            return new Carrier(
                    new MixedPeerTransport(plain, secure, !plainUrls.isEmpty()),
                    counters,
                    () -> listen(secure));
        }

        private static void listen(final TcpPeerTransport secure) {
            try {
                secure.listen((connection, first, isTls) -> {});
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @BeforeEach
    void start() {
        cluster = new MixedCluster(directory);
        one = cluster.add(1);
        two = cluster.add(2);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private void awaitHeard(final TestMember from, final TestMember to) {
        to.received.clear();
        cluster.run(
                () -> from.send(to, MessageType.VOTE, 1) && !to.received.isEmpty(),
                "member " + to.id + " hears");
    }

    private void meet() {
        one.transport.connect(2, List.of(two.url()));
        two.transport.connect(1, List.of(one.url()));
        awaitHeard(one, two);
        awaitHeard(two, one);
    }

    @Test
    void shouldTalkAgainAfterEachStepOfTheWay() {
        meet();
        two.transport.connect(1, List.of(one.url(), cluster.secureUrl(one)));
        awaitHeard(two, one);
        awaitHeard(one, two);
        one.transport.connect(2, List.of(cluster.secureUrl(two)));
        awaitHeard(one, two);
        awaitHeard(two, one);

        assertEquals(1, one.transport.contacts().size());
        assertTrue(
                cluster.secureUrl(two).endsWith(one.transport.contacts().get(0).address()),
                () -> "" + one.transport.contacts());
    }

    @Test
    void shouldTalkWithOneThatHasNoHttpUrlAnyMore() {
        final TestMember three = cluster.add(3);
        one.transport.connect(3, List.of(cluster.secureUrl(three)));
        three.transport.connect(1, List.of(one.url()));
        awaitHeard(one, three);
        awaitHeard(three, one);
    }

    @Test
    void shouldCarryASnapshotWhoseAnswersComeTheOtherWay() {
        one.transport.connect(2, List.of(two.url()));
        two.transport.connect(1, List.of(cluster.secureUrl(one)));
        awaitHeard(one, two);
        awaitHeard(two, one);
        final MemorySource source = new MemorySource(10, 3 << 20);
        one.transport.sendSnapshot(2, 3, source);
        cluster.run(() -> one.count(TransportCounter.SNAPSHOTS_SENT) == 1, "it is sent");

        assertArrayEquals(source.bytes(), two.sink.bytes());

        final MemorySource back = new MemorySource(20, 3 << 20);
        two.transport.sendSnapshot(1, 4, back);
        cluster.run(() -> two.count(TransportCounter.SNAPSHOTS_SENT) == 1, "it is sent back");
        assertArrayEquals(back.bytes(), one.sink.bytes());
    }

    @Test
    void shouldTellThatASnapshotEndsWhenItsPeerMoves() {
        meet();
        one.transport.sendSnapshot(2, 3, new MemorySource(10, 20 << 20));
        cluster.run(() -> two.sink.position() > 1 << 20, "it is under way");
        one.transport.connect(2, List.of(cluster.secureUrl(two)));
        cluster.run(() -> one.failed.contains(2L), "the end is told");

        final MemorySource again = new MemorySource(10, 2 << 20);
        two.sink.forget();
        one.transport.sendSnapshot(2, 3, again);
        cluster.run(() -> one.count(TransportCounter.SNAPSHOTS_SENT) == 1, "it is sent");
        assertArrayEquals(again.bytes(), two.sink.bytes());
    }

    @Test
    void shouldForgetAPeerOnWhicheverWay() {
        meet();
        one.transport.disconnect(2);
        assertEquals(0, one.transport.contacts().size());
        assertTrue(!one.send(two, MessageType.VOTE, 1));
        one.transport.sendSnapshot(2, 3, new MemorySource(10, 1));
        cluster.run(() -> one.failed.contains(2L), "nobody is there");
    }
}
