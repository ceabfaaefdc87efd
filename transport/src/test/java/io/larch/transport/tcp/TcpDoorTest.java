package io.larch.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.port.PeerContact;
import io.larch.engine.raft.MessageType;
import io.larch.engine.sockets.FreePort;
import io.larch.transport.TransportCounter;
import io.larch.transport.contract.TestMember;
import io.larch.transport.contract.Wishes;
import io.larch.transport.frame.PeerIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who comes to a member's port, and what a member meets at ports of others. */
@Timeout(60)
class TcpDoorTest {
    private static final String HOST = "127.0.0.1";

    @TempDir Path directory;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private TcpCluster cluster;

    @BeforeEach
    void start() {
        cluster = new TcpCluster(directory);
    }

    @AfterEach
    void stop() throws Exception {
        for (final AutoCloseable each : opened) {
            each.close();
        }
        cluster.close();
    }

    private SocketChannel call(final TestMember member) throws IOException {
        final SocketChannel channel = SocketChannel.open(new InetSocketAddress(HOST, member.port));
        channel.configureBlocking(false);
        opened.add(channel);
        return channel;
    }

    private static void say(final SocketChannel channel, final String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** Whether the other side has ended; what it said before goes to a buffer. */
    private static boolean isEnded(final SocketChannel channel, final ByteBuffer heard) {
        try {
            return channel.read(heard) < 0;
        } catch (final IOException e) {
            return true;
        }
    }

    private static String finding(final TestMember member, final long peerId) {
        return member.transport.contacts().stream()
                .filter(peer -> peer.peerId() == peerId)
                .map(PeerContact::finding)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldGiveAwayWhatIsNoMembersWithAllThatWasRead() throws IOException {
        final TestMember one = cluster.add(1);
        final SocketChannel http = call(one);
        say(http, "GE");
        cluster.run(() -> cluster.others.size() == 1, "it is given away");

        assertEquals(List.of("plain GE"), cluster.others);
        final SocketChannel given = cluster.givenAway.get(0);
        opened.add(given);
        assertFalse(given.isRegistered());
        assertFalse(given.isBlocking());
        say(given, "x");
        final ByteBuffer heard = ByteBuffer.allocate(1);
        cluster.run(() -> !isEnded(http, heard) && !heard.hasRemaining(), "it goes on there");
    }

    @Test
    void shouldRefuseAnotherClustersMembersAndThoseThatWantAnother() throws IOException {
        final TestMember one = cluster.add(1);
        final PeerIdentity foreign = new PeerIdentity(0xbad, 2, 1);
        final PeerIdentity lost = new PeerIdentity(TestMember.CLUSTER, 2, 1);
        for (final ByteBuffer preamble :
                List.of(
                        Preamble.encode(foreign, 1, StreamKind.CONTROL),
                        Preamble.encode(lost, 3, StreamKind.CONTROL))) {
            final SocketChannel channel = call(one);
            channel.write(preamble);
            say(channel, "\0\0\0\0");
            final ByteBuffer answer = ByteBuffer.allocate(64);
            cluster.run(() -> isEnded(channel, answer), "it is refused");
        }

        assertEquals(2, one.count(TransportCounter.STREAMS_REFUSED));
        assertEquals(0, one.count(TransportCounter.BYTES_RECEIVED));
        assertTrue(cluster.others.isEmpty());
    }

    @Test
    void shouldEndWithThoseWhoSayNothingAndGoOnWithTheOthers() throws IOException {
        cluster.meetingNanos = TimeUnit.MILLISECONDS.toNanos(300);
        cluster.maxUndecided = 5;
        final TestMember one = cluster.add(1);
        final List<SocketChannel> silent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            final SocketChannel channel = call(one);
            say(channel, "\u0089LRC");
            silent.add(channel);
        }
        final TestMember two = cluster.add(2);
        cluster.connectAll();
        assertTrue(one.send(two, MessageType.VOTE, 1));
        cluster.run(() -> two.received.size() == 1, "members are heard");
        final ByteBuffer heard = ByteBuffer.allocate(64);
        cluster.run(
                () -> silent.stream().allMatch(channel -> isEnded(channel, heard)),
                "the silent ones are ended");

        assertEquals(0, heard.position());
        assertTrue(one.count(TransportCounter.STREAMS_REFUSED) > 0);
    }

    @Test
    void shouldEndAConnectionWithRandomBytesAndHearTheNextOne() throws IOException {
        final TestMember one = cluster.add(1);
        final Random random = new Random(8);
        for (int i = 0; i < 50; i++) {
            final SocketChannel channel = call(one);
            channel.write(
                    Preamble.encode(
                            new PeerIdentity(TestMember.CLUSTER, 2, 1), 1, StreamKind.APPENDS));
            final byte[] bytes = new byte[random.nextInt(5_000) + 4];
            random.nextBytes(bytes);
            if (i % 2 == 0) {
                // A length that may be one.
                bytes[2] = 0;
                bytes[3] = 0;
            }
            final ByteBuffer rest = ByteBuffer.wrap(bytes);
            channel.write(rest);
            one.turn();
            if (i % 3 == 0) {
                channel.close();
            }
        }
        final TestMember two = cluster.add(2);
        cluster.connectAll();
        assertTrue(two.send(one, MessageType.VOTE, 1));
        cluster.run(() -> !one.received.isEmpty(), "the member is heard");

        assertEquals(1, one.received.size());
    }

    @Test
    @Tag("slow")
    void shouldSayWhatIsAtAPeersPort() throws IOException {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        final int nobody = FreePort.next();
        final int http = serve("HTTP/1.1 400 Bad Request\r\n\r\n");
        final int other = serve("220 smtp ready\r\n");
        final int ends = serve("");
        final int hangs = serve(null);
        one.transport.connect(3, List.of("http://127.0.0.1:" + nobody));
        one.transport.connect(4, List.of("http://127.0.0.1:" + http));
        one.transport.connect(5, List.of("http://127.0.0.1:" + other));
        one.transport.connect(6, List.of("http://127.0.0.1:" + ends));
        one.transport.connect(7, List.of("http://127.0.0.1:" + two.port));
        one.transport.connect(8, List.of("https://127.0.0.1:1"));
        one.transport.connect(9, List.of("http://127.0.0.1:" + hangs));
        cluster.onTurn(() -> cluster.skip(TimeUnit.MILLISECONDS.toNanos(3)));
        cluster.run(
                () ->
                        one.transport.contacts().stream().noneMatch(c -> c.finding().isEmpty())
                                && finding(one, 9).contains("hangs"),
                "all is found out");

        final String at = HOST + ":";
        assertEquals("nothing listens at " + at + nobody + ": TCP is refused", finding(one, 3));
        assertEquals(
                at
                        + http
                        + " answers HTTP, but does not take what members say by TCP: is"
                        + " --peer-transport=tcp missing there?",
                finding(one, 4));
        assertEquals(
                "what answers at " + at + other + " is not the peer port of a member",
                finding(one, 5));
        assertEquals("what answers at " + at + ends + " ends the connection", finding(one, 6));
        assertEquals("the member at " + at + two.port + " is another member", finding(one, 7));
        assertEquals("no address of it is known", finding(one, 8));
    }

    /** Answers all alike, or with null says nothing. */
    private int serve(final String answer) throws IOException {
        final ServerSocketChannel server =
                ServerSocketChannel.open().bind(new InetSocketAddress(HOST, 0));
        server.configureBlocking(false);
        opened.add(server);
        cluster.onTurn(() -> answerNext(server, answer));
        return ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    private void answerNext(final ServerSocketChannel server, final String answer) {
        try {
            final SocketChannel channel = server.accept();
            if (channel == null) {
                return;
            }
            opened.add(channel);
            if (answer != null) {
                say(channel, answer);
                channel.shutdownOutput();
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldSayWhichAddressCannotBeHad() throws IOException {
        final int taken = serve(null);
        final Wishes wishes = new Wishes();
        final UncheckedIOException refusal =
                assertThrows(
                        UncheckedIOException.class, () -> cluster.add(1, HOST, taken, 1, wishes));
        final ListenException failure = (ListenException) refusal.getCause();

        assertEquals(HOST + ":" + taken, failure.hostAndPort());
    }

    @Test
    void shouldRefuseUrlsThatItCannotListenAt() {
        final IllegalArgumentException failure =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new TcpPeerTransport(
                                        new TcpContext()
                                                .listenUrls(List.of("https://10.0.0.1:2380"))));

        assertEquals(
                "--listen-peer-urls: https needs a certificate, see --peer-cert-file:"
                        + " https://10.0.0.1:2380",
                failure.getMessage());
    }

    /** A lone member has to be polled: somebody may want its pages. */
    @Test
    void shouldListenBeforeItHasPeers() throws IOException {
        final TestMember one = cluster.add(1);
        assertTrue(one.transport.isListening());
        say(call(one), "GET /members HTTP/1.1\r\n\r\n");
        cluster.run(() -> !cluster.others.isEmpty(), "it is given away");
        assertTrue(
                one.transport.nextDeadlineNanos(cluster.nanoTime()) - cluster.nanoTime()
                        <= TimeUnit.SECONDS.toNanos(1));
    }
}
