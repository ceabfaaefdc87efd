package io.larch.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.raft.MessageType;
import io.larch.engine.sockets.FreePort;
import io.larch.transport.TransportCounter;
import io.larch.transport.contract.TestMember;
import io.larch.transport.frame.PeerIdentity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in at an https URL, and who does not. */
@Timeout(60)
class TlsDoorTest {
    private static final long INTRUDER = 2;

    @TempDir Path directory;
    private TcpCluster cluster;

    @AfterEach
    void stop() {
        cluster.close();
    }

    private static TlsEngines engines(final long id, final TlsEngines ofIntruder) {
        return id == INTRUDER ? ofIntruder : TestEngines.good();
    }

    private void expectNothingGetsIn(final TlsEngines ofIntruder) {
        cluster = new TcpCluster(directory, id -> engines(id, ofIntruder));
        final TestMember one = cluster.add(1);
        final TestMember three = cluster.add(3);
        cluster.connectAll();
        final TestMember intruder = cluster.add(INTRUDER);
        intruder.transport.connect(1, List.of(one.url()));
        intruder.transport.connect(3, List.of(three.url()));
        cluster.run(
                () ->
                        one.count(TransportCounter.HANDSHAKES_FAILED) > 1
                                && three.count(TransportCounter.HANDSHAKES_FAILED) > 1,
                "the intruder is refused");
        assertTrue(one.send(three, MessageType.VOTE, 1));
        cluster.run(() -> three.received.size() == 1, "the others go on");

        assertFalse(intruder.send(one, MessageType.VOTE, 2));
        assertTrue(one.received.isEmpty());
        assertEquals(0, intruder.count(TransportCounter.CONNECTIONS_GAINED));
        cluster.onTurn(() -> cluster.skip(TimeUnit.MILLISECONDS.toNanos(2)));
        cluster.run(
                () ->
                        intruder.transport.contacts().stream()
                                .allMatch(peer -> peer.finding().contains("127.0.0.1:")),
                "it is told why");
    }

    @Test
    void shouldLetNobodyInWhoseCertificateNobodyKnows() {
        expectNothingGetsIn(TestEngines.foreign());
    }

    @Test
    @Tag("slow")
    void shouldNotTalkToWhoHasACertificateOfAnotherHost() {
        cluster = new TcpCluster(directory, id -> engines(id, TestEngines.elsewhere()));
        final TestMember one = cluster.add(1);
        final TestMember elsewhere = cluster.add(INTRUDER);
        one.transport.connect(INTRUDER, List.of(elsewhere.url()));
        cluster.run(
                () -> !one.transport.contacts().get(0).finding().isEmpty(), "the name is wrong");

        assertTrue(elsewhere.received.isEmpty());
        assertFalse(one.send(elsewhere, MessageType.VOTE, 1));
        assertTrue(
                one.transport.contacts().get(0).finding().contains("127.0.0.1"),
                () -> one.transport.contacts().get(0).finding());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldSpeakEitherVersion(final String version) {
        cluster = new TcpCluster(directory, id -> TestEngines.good(version));
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();
        final byte[] body = new byte[3 << 20];

        assertTrue(one.send(2, MessageType.APPEND, 1, body));
        assertTrue(two.send(one, MessageType.VOTE, 2));
        cluster.run(() -> two.received.size() == 1 && one.received.size() == 1, "both are heard");
    }

    @Test
    void shouldGiveAwayHttpsAndWhatIsNoTls() throws Exception {
        cluster = new TcpCluster(directory, id -> TestEngines.good());
        final TestMember one = cluster.add(1);
        final SSLSocketFactory factory =
                ((TestEngines) TestEngines.good()).context().getSocketFactory();
        final Thread client =
                new Thread(
                        () -> {
                            try (SSLSocket socket =
                                    (SSLSocket) factory.createSocket("127.0.0.1", one.port)) {
                                socket.startHandshake();
                            } catch (final IOException e) {
                                // Nobody answers in this test.
                                return;
                            }
                        });
        client.setDaemon(true);
        client.start();
        cluster.run(() -> cluster.others.size() == 1, "https is given away");
        assertTrue(cluster.others.get(0).startsWith("tls \u0016\u0003"));
        cluster.givenAway.get(0).close();
        client.join(TimeUnit.SECONDS.toMillis(10));

        try (Socket plain = new Socket("127.0.0.1", one.port)) {
            plain.getOutputStream().write("GET /members".getBytes(StandardCharsets.US_ASCII));
            cluster.run(() -> cluster.others.size() == 2, "http is given away");
            assertEquals("tls GET /members", cluster.others.get(1));
        } finally {
            cluster.givenAway.get(1).close();
        }
    }

    @Test
    void shouldTakeNoPlainPreambleAtAnHttpsUrl() throws IOException {
        cluster = new TcpCluster(directory, id -> TestEngines.good());
        final TestMember one = cluster.add(1);
        try (SocketChannel channel =
                SocketChannel.open(new InetSocketAddress("127.0.0.1", one.port))) {
            channel.write(
                    Preamble.encode(
                            new PeerIdentity(TestMember.CLUSTER, 2, 1), 1, StreamKind.CONTROL));
            cluster.run(() -> cluster.others.size() == 1, "it is taken for anything else");
        } finally {
            cluster.givenAway.get(0).close();
        }
        assertEquals(0, one.count(TransportCounter.BYTES_RECEIVED));
    }

    @Test
    void shouldEndAHandshakeThatDoesNotGoOn() throws Exception {
        cluster = new TcpCluster(directory, id -> TestEngines.good());
        cluster.meetingNanos = TimeUnit.MILLISECONDS.toNanos(300);
        final TestMember one = cluster.add(1);
        final ByteBuffer hello = ByteBuffer.allocate(2 * ClientHello.MAX_LENGTH);
        TestEngines.good().dial("127.0.0.1", one.port).wrap(ByteBuffer.allocate(0), hello);
        hello.flip();
        try (SocketChannel channel =
                SocketChannel.open(new InetSocketAddress("127.0.0.1", one.port))) {
            channel.write(hello);
            channel.configureBlocking(false);
            final ByteBuffer heard = ByteBuffer.allocate(1 << 16);
            cluster.run(() -> isEnded(channel, heard), "it is ended");
        }
    }

    private static boolean isEnded(final SocketChannel channel, final ByteBuffer heard) {
        try {
            return channel.read(heard.clear()) < 0;
        } catch (final IOException e) {
            return true;
        }
    }

    /** The same member, first plain, then with TLS: as after an update of its URLs. */
    @Test
    @Tag("slow")
    void shouldFollowAPeerFromHttpToHttps() {
        cluster = new TcpCluster(directory, id -> TestEngines.good());
        final TestMember one = cluster.add(1);
        final int plain = FreePort.next();
        final int secure = FreePort.next();
        final TestMember two =
                cluster.addHearing(
                        2,
                        "127.0.0.1",
                        secure,
                        List.of("http://127.0.0.1:" + plain, "https://127.0.0.1:" + secure));
        one.transport.connect(2, List.of("http://127.0.0.1:" + plain));
        cluster.run(() -> one.send(two, MessageType.VOTE, 1), "plain");
        cluster.run(() -> two.received.size() == 1, "it is heard");
        one.transport.connect(
                2, List.of("http://127.0.0.1:" + plain, "https://127.0.0.1:" + secure));
        cluster.run(
                () -> one.count(TransportCounter.CONNECTIONS_GAINED) == 2, "it is connected anew");
        assertTrue(one.send(two, MessageType.VOTE, 2));
        cluster.run(() -> two.received.size() == 2, "it is heard");

        assertEquals("127.0.0.1:" + secure, one.transport.contacts().get(0).address());
        assertEquals(1, one.count(TransportCounter.CONNECTIONS_LOST));
    }
}
