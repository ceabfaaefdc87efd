package io.larch.transport.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.port.PeerContact;
import io.larch.engine.sockets.FreePort;
import io.larch.transport.TransportCounter;
import io.larch.transport.contract.TestMember;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerSilenceTest {
    private static final String HOST = "127.0.0.1";

    @TempDir Path directory;
    private final List<ServerSocket> servers = new ArrayList<>();
    private AeronCluster cluster;

    @BeforeEach
    void start() {
        cluster = new AeronCluster(directory);
    }

    @AfterEach
    void stop() throws IOException {
        for (final ServerSocket server : servers) {
            server.close();
        }
        cluster.close();
    }

    /** Speaks TCP and not UDP: answers all requests alike, or accepts and says nothing. */
    private int serve(final String answer) throws IOException {
        final ServerSocket server = new ServerSocket(0, 10, InetAddress.getByName(HOST));
        servers.add(server);
        if (answer != null) {
            final Thread thread = new Thread(() -> answerAll(server, answer));
            thread.setDaemon(true);
            thread.start();
        }
        return server.getLocalPort();
    }

    private static void answerAll(final ServerSocket server, final String answer) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.getInputStream().read(new byte[1024]);
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            } catch (final IOException e) {
                return;
            }
        }
    }

    private static String members(final String clusterId) {
        return "HTTP/1.1 200 OK\r\nX-Etcd-Cluster-Id: " + clusterId + "\r\n\r\n[]";
    }

    private static String url(final int port) {
        return "http://" + HOST + ":" + port;
    }

    private static PeerContact contact(final TestMember member, final long peerId) {
        return member.transport.contacts().stream()
                .filter(peer -> peer.peerId() == peerId)
                .findFirst()
                .orElseThrow();
    }

    private void skipSeconds(final long seconds) {
        cluster.skip(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void shouldFindOutByTcpWhyAPeerDoesNotAnswer() throws IOException {
        final TestMember one = cluster.add(1);
        final int nobody = FreePort.next();
        final int noUdp = serve(members("c1"));
        final int foreign = serve(members("c2"));
        final int other = serve("HTTP/1.1 404 Not Found\r\n\r\n404 page not found\n");
        final int hanging = serve(null);
        one.transport.connect(2, List.of(url(nobody)));
        one.transport.connect(3, List.of(url(noUdp)));
        one.transport.connect(4, List.of(url(foreign)));
        one.transport.connect(5, List.of(url(other)));
        one.transport.connect(6, List.of(url(hanging)));
        one.transport.connect(7, List.of("http://no-such-host.invalid:2380"));

        one.turn();
        assertEquals(6, one.transport.contacts().size());
        assertEquals("", contact(one, 2).finding());
        skipSeconds(3);
        cluster.run(
                () -> one.transport.contacts().stream().noneMatch(c -> c.finding().isEmpty()),
                "all is found out");

        final String at = HOST + ":";
        assertEquals(
                "nothing listens at " + at + nobody + ": TCP is refused",
                contact(one, 2).finding());
        assertEquals(
                at
                        + noUdp
                        + " answers by TCP, but not by UDP: let UDP through both ways, or start all"
                        + " members with --peer-transport=tcp",
                contact(one, 3).finding());
        assertEquals(
                "the member at " + at + foreign + " is one of cluster c2, not of c1",
                contact(one, 4).finding());
        assertEquals(
                "what answers TCP at " + at + other + " is not the peer port of a member",
                contact(one, 5).finding());
        assertEquals(
                at
                        + hanging
                        + " takes TCP connections, but nobody speaks there: a member that hangs?",
                contact(one, 6).finding());
        assertEquals("no address of it is known", contact(one, 7).finding());
        assertEquals(6, one.count(TransportCounter.SILENCES_TOLD));
        assertFalse(contact(one, 2).isAnswering());
        assertFalse(contact(one, 2).hasAnswered());
        assertEquals(at + nobody, contact(one, 2).address());
    }

    @Test
    @Tag("slow")
    void shouldTellSoonThenSeldomAndAtOnceWhatIsNew() throws IOException {
        final TestMember one = cluster.add(1);
        // Nobody else uses it, so that the port is free by TCP, too.
        final String host = "127.0.9.1";
        final int port = FreePort.next();
        one.transport.connect(2, List.of("http://" + host + ":" + port));
        one.turn();
        skipSeconds(3);
        cluster.run(() -> one.count(TransportCounter.SILENCES_TOLD) == 1, "told soon");

        int minutes = 0;
        for (; minutes < 120; minutes++) {
            for (int i = 0; i < 4; i++) {
                skipSeconds(15);
                for (int turn = 0; turn < 3; turn++) {
                    one.turn();
                    Thread.onSpinWait();
                }
            }
        }
        final long told = one.count(TransportCounter.SILENCES_TOLD);
        assertTrue(told >= 1 && told < 14, told + " lines in two hours");

        final ServerSocket server = new ServerSocket(port, 10, InetAddress.getByName(host));
        servers.add(server);
        final Thread thread = new Thread(() -> answerAll(server, members("c1")));
        thread.setDaemon(true);
        thread.start();
        cluster.onTurn(() -> cluster.skip(TimeUnit.MILLISECONDS.toNanos(100)));
        cluster.run(
                () -> contact(one, 2).finding().contains("but not by UDP"), "what is new is found");
        assertEquals(told + 1, one.count(TransportCounter.SILENCES_TOLD));
    }

    @Test
    void shouldSayNothingOfPeersThatAnswer() throws IOException {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();
        cluster.run(() -> contact(one, 2).isAnswering(), "two answers");
        assertEquals(0, one.count(TransportCounter.SILENCES_TOLD));

        cluster.remove(two);
        cluster.run(() -> !contact(one, 2).isAnswering(), "two is missed");
        assertTrue(contact(one, 2).hasAnswered());
        skipSeconds(3);
        cluster.run(() -> one.count(TransportCounter.SILENCES_TOLD) == 1, "that is told");
        assertEquals(
                "nothing listens at " + HOST + ":" + two.port + ": TCP is refused",
                contact(one, 2).finding());
    }
}
