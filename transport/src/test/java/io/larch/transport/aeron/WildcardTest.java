package io.larch.transport.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.engine.raft.MessageType;
import io.larch.engine.sockets.FreePort;
import io.larch.transport.address.PeerUrl;
import io.larch.transport.contract.TestMember;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that listen at all addresses of their host, and are looked for at one of them. */
class WildcardTest {
    private static final String FIRST = "127.0.0.1";

    @TempDir Path directory;
    private AeronCluster cluster;

    @BeforeEach
    void start() {
        cluster = new AeronCluster(directory);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private TestMember wild(
            final long id, final String host, final UnaryOperator<AeronContext> settings) {
        final int port = FreePort.next();
        return cluster.add(
                id,
                host,
                port,
                1,
                context -> settings.apply(context.listenUrls(List.of("http://0.0.0.0:" + port))));
    }

    private TestMember wild(final long id, final String host) {
        return wild(id, host, context -> context);
    }

    /** From an address that is not the first of the host, else who asked does not take it. */
    @Test
    void shouldAnswerFromTheAddressThatWasSentTo() {
        final TestMember one = wild(1, "127.0.0.2");
        final TestMember two = wild(2, "127.0.0.3");
        final TestMember three = cluster.add(3);
        cluster.connectAll();

        assertTrue(one.send(two, MessageType.VOTE, 1));
        assertTrue(two.send(one, MessageType.VOTE, 2));
        assertTrue(three.send(one, MessageType.APPEND, 3));
        cluster.run(
                () -> one.received.size() == 2 && two.received.size() == 1, "all messages arrive");
    }

    /** As TCP, and as etcd, do: 0.0.0.0 stands for all addresses, not only those of its kind. */
    @Test
    void shouldHearAtAddressesOfBothKinds() throws IOException {
        assumeTrue(hasIpv6(), "no IPv6 here");
        final TestMember one = wild(1, "[::1]");
        final TestMember two = wild(2, "127.0.0.2");
        two.transport.connect(1, List.of("http://[::1]:" + one.port, "http://127.0.0.1:1"));
        one.transport.connect(2, List.of(two.url()));
        cluster.run(
                () -> one.send(two, MessageType.VOTE, 1) && two.send(one, MessageType.VOTE, 2),
                "both are connected");
        cluster.run(() -> one.received.size() > 0 && two.received.size() > 0, "both hear");
    }

    private static boolean hasIpv6() {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.bind(new InetSocketAddress("::1", 0));
            return true;
        } catch (final IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    @Test
    void shouldFollowAddressesThatComeAndGo() throws IOException {
        final List<InetAddress> present = new CopyOnWriteArrayList<>();
        present.add(InetAddress.getByName(FIRST));
        final TestMember one = wild(1, FIRST, context -> context.interfaces(() -> present));
        final TestMember two = cluster.add(2);
        final String elsewhere = "http://127.0.0.9:" + one.port;
        one.transport.connect(2, List.of(two.url()));
        two.transport.connect(1, List.of(elsewhere));
        cluster.run(() -> one.send(two, MessageType.VOTE, 1), "one reaches two");
        for (int i = 0; i < 100; i++) {
            one.turn();
            two.turn();
        }
        assertFalse(two.send(one, MessageType.VOTE, 2));

        present.add(InetAddress.getByName("127.0.0.9"));
        cluster.run(() -> two.send(one, MessageType.VOTE, 3), "the new address is heard");
        cluster.run(() -> !one.received.isEmpty(), "the vote arrives");

        present.remove(1);
        cluster.run(() -> !two.send(one, MessageType.VOTE, 4), "the old address is not heard");
        present.add(InetAddress.getByName("127.0.0.9"));
        cluster.run(() -> two.send(one, MessageType.VOTE, 5), "it is heard again");
    }

    @Test
    void shouldRefuseAPortThatIsTakenAtOneAddress() throws IOException {
        final TestMember one = wild(1, FIRST);
        try (DatagramChannel other = DatagramChannel.open()) {
            other.bind(new InetSocketAddress("127.0.0.5", one.port));

            final IllegalStateException failure =
                    assertThrows(IllegalStateException.class, one.transport::start);
            assertEquals(
                    "cannot listen for peers on udp 0.0.0.0:"
                            + one.port
                            + ": Address already in use",
                    failure.getMessage());
        }
        one.transport.start();
    }

    /** One that somebody else has taken meanwhile does not end the member, and is taken later. */
    @Test
    void shouldTryAgainWhereAnAddressCannotBeHad() throws IOException {
        final List<InetAddress> present = new CopyOnWriteArrayList<>();
        final TestMember one = wild(1, FIRST, context -> context.interfaces(() -> present));
        final TestMember two = cluster.add(2);
        one.transport.start();
        try (DatagramChannel other = DatagramChannel.open()) {
            other.bind(new InetSocketAddress("127.0.0.9", one.port));
            present.add(InetAddress.getByName("127.0.0.8"));
            present.add(InetAddress.getByName("127.0.0.9"));
            two.transport.connect(1, List.of("http://127.0.0.8:" + one.port));
            cluster.run(() -> two.send(one, MessageType.VOTE, 1), "the one beside it is heard");
        }
        two.transport.connect(1, List.of("http://127.0.0.9:" + one.port));
        cluster.run(() -> !two.send(one, MessageType.VOTE, 2), "two goes elsewhere");
        cluster.run(() -> two.send(one, MessageType.VOTE, 3), "it is heard after all");
    }

    @Test
    void shouldLookAtAllAddressesWhereTheSystemTellsNone() {
        final TestMember one =
                wild(
                        1,
                        FIRST,
                        context ->
                                context.interfaces(
                                        () -> {
                                            throw new java.net.SocketException("not told");
                                        }));
        cluster.add(2);
        cluster.connectAll();
        assertTrue(one.send(2, MessageType.VOTE, 1, new byte[0]));
    }

    @Test
    void shouldTakeOnlyAddressesThatASocketCanHave() throws IOException {
        final List<PeerUrl> advertised =
                PeerUrl.readable(
                        List.of(
                                "http://203.0.113.1:1",
                                "http://127.0.0.7:1",
                                "http://localhost:1"));
        final InetAddress scoped = InetAddress.getByName("fe80::1");
        final HostAddresses host =
                new HostAddresses(
                        advertised,
                        () ->
                                List.of(
                                        InetAddress.getByAddress(new byte[] {127, 0, 0, 8}),
                                        InetAddress.getByAddress(
                                                new byte[] {(byte) 203, 0, 113, 2}),
                                        scoped));
        final List<String> found = new ArrayList<>();
        host.look(false).forEach(address -> found.add(address.getHostAddress()));
        assertEquals(List.of("127.0.0.7", "127.0.0.8"), found);
        assertTrue(host.look(true).contains(InetAddress.getByName(FIRST)));
    }

    @Test
    void shouldBoundTheSocketsTheAdvertisedFirst() throws IOException {
        final List<InetAddress> many = new ArrayList<>();
        for (int i = 0; i < ListenAddresses.MAX_ADDRESSES + 10; i++) {
            many.add(
                    InetAddress.getByAddress(
                            new byte[] {127, 1, (byte) (i >> 7), (byte) (1 + (i & 0x7f))}));
        }
        final AeronContext context =
                new AeronContext()
                        .listenUrls(List.of("http://0.0.0.0:2380", "http://[::]:2380"))
                        .fallbackDirectory(directory)
                        .interfaces(() -> many)
                        .conclude();
        try (ListenAddresses addresses =
                ListenAddresses.open(context, PeerUrl.readable(List.of("http://127.0.0.6:2380")))) {
            assertEquals(ListenAddresses.MAX_ADDRESSES, addresses.current().size());
            assertEquals("127.0.0.6:2380", addresses.current().iterator().next().toString());
        }
    }
}
