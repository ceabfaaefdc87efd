package io.larch.transport.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.raft.MessageType;
import io.larch.engine.sockets.FreePort;
import io.larch.transport.address.PeerUrl;
import io.larch.transport.contract.TestMember;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransportStartTest {
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

    private List<String> files() throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static AeronContext context(final String url) {
        return new AeronContext().listenUrls(List.of(url)).fallbackDirectory(Path.of("x"));
    }

    private static String refusal(final AeronContext context) {
        return assertThrows(IllegalArgumentException.class, () -> new AeronPeerTransport(context))
                .getMessage();
    }

    @Test
    void shouldOpenNothingBeforeThereIsAPeer() throws IOException {
        final TestMember alone = cluster.add(1);
        try (DatagramChannel other = DatagramChannel.open()) {
            other.bind(new InetSocketAddress("127.0.0.1", alone.port));

            assertEquals(0, alone.turn());
            assertTrue(
                    alone.transport.nextDeadlineNanos(cluster.nanoTime()) - cluster.nanoTime()
                            > 1_000_000_000L);
        }
        assertEquals(List.of(), files());
    }

    @Test
    void shouldSayInOneLineThatThePortIsTaken() throws IOException {
        final TestMember one = cluster.add(1);
        try (DatagramChannel other = DatagramChannel.open()) {
            other.bind(new InetSocketAddress("127.0.0.1", one.port));

            final IllegalStateException failure =
                    assertThrows(IllegalStateException.class, () -> one.transport.start());
            assertEquals(
                    "cannot listen for peers on udp 127.0.0.1:"
                            + one.port
                            + ": Address already in use",
                    failure.getMessage());
            assertThrows(
                    IllegalStateException.class,
                    () -> one.transport.connect(2, List.of("http://127.0.0.1:1")));
        }
        one.transport.start();
        one.close();
        assertEquals(List.of(), files());
    }

    @Test
    void shouldRemoveItsDirectoryAtTheEndAndWhatAKilledOneLeft() throws IOException {
        final TestMember one = cluster.add(1);
        one.transport.start();
        final List<String> names = files();
        assertEquals(1, names.size());
        assertTrue(names.get(0).startsWith("larch-" + one.port + "-"));
        one.close();
        assertEquals(List.of(), files());

        final Path left = directory.resolve(names.get(0)).resolve("driver");
        Files.createDirectories(left);
        Files.writeString(left.resolve("cnc.dat"), "left by a killed one");
        Files.writeString(directory.resolve(names.get(0)).resolve("lock"), "");
        final TestMember again = cluster.restart(one, 2);
        again.transport.start();
        assertEquals(names, files());
        again.close();
        assertEquals(List.of(), files());
    }

    @Test
    void shouldRemoveWhatOthersLeftThatWereKilledButNotWhatIsInUse() throws IOException {
        final Path killed = Files.createDirectories(directory.resolve("larch-1-1"));
        Files.writeString(killed.resolve("lock"), "");
        Files.writeString(killed.resolve("pid"), "4999999");
        Files.createDirectories(killed.resolve("driver"));
        Files.writeString(killed.resolve("driver").resolve("cnc.dat"), "left");
        final Path young = Files.createDirectories(directory.resolve("larch-1-2"));
        final Path foreign = Files.createDirectories(directory.resolve("other"));
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        cluster.connectAll();

        assertFalse(Files.exists(killed));
        assertTrue(Files.exists(young));
        assertTrue(Files.exists(foreign));
        assertTrue(one.send(two, MessageType.VOTE, 1));
        cluster.run(() -> two.received.size() == 1, "the vote arrives");
    }

    /** Containers with the same paths and ports may share the directory in memory. */
    @Test
    void shouldTakeAnotherDirectoryWhereOneIsHeld() throws IOException {
        final TestMember one = cluster.add(1);
        one.transport.start();
        final TestMember twin =
                cluster.add(
                        1,
                        "127.0.0.1",
                        one.port,
                        1,
                        context -> context.listenUrls(List.of("http://127.0.0.2:" + one.port)));
        twin.transport.start();
        assertEquals(2, files().size());
        one.transport.connect(2, List.of("http://127.0.0.2:" + one.port));
        cluster.run(() -> one.turn() == 0, "it still works");
        twin.close();
        assertEquals(1, files().size());
    }

    @Test
    void shouldGoBesideTheDataWhereMemoryIsMissing() throws IOException {
        final Path beside = directory.resolve("data");
        final TestMember one =
                cluster.add(
                        1,
                        "127.0.0.1",
                        FreePort.next(),
                        1,
                        context ->
                                context.aeronDirectory(directory.resolve("missing"))
                                        .fallbackDirectory(beside));
        final TestMember two = cluster.add(2);
        cluster.connectAll();
        try (Stream<Path> paths = Files.list(beside)) {
            assertEquals(1, paths.count());
        }
        assertTrue(one.send(two, MessageType.VOTE, 1));
        cluster.run(() -> two.received.size() == 1, "the vote arrives");
        one.close();
        try (Stream<Path> paths = Files.list(beside)) {
            assertEquals(0, paths.count());
        }
    }

    @Test
    void shouldRefuseUrlsThatItCannotSpeakTo() {
        assertEquals(
                "--listen-peer-urls: https needs a certificate, see --peer-cert-file:"
                        + " https://10.0.0.1:2380",
                refusal(context("https://10.0.0.1:2380")));
        assertTrue(refusal(context("10.0.0.1:2380")).contains("10.0.0.1:2380"));
        assertTrue(refusal(context("unix:///tmp/x")).contains("must be http://host:port"));
        assertTrue(refusal(context("http://10.0.0.1")).contains("must be http://host:port"));
        assertTrue(refusal(context("http://10.0.0.1:99999")).contains("no such port"));
        final IllegalArgumentException failure =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> PeerUrl.parsePlain("--initial-cluster", "https://a:1"));
        assertEquals(
                "--initial-cluster: https needs a certificate, see --peer-cert-file:"
                        + " https://a:1",
                failure.getMessage());
    }

    /** What the log says of the membership must not end a member. */
    @Test
    void shouldLeaveOutUrlsOfPeersThatItCannotSpeakTo() {
        final TestMember one = cluster.add(1);
        final TestMember two = cluster.add(2);
        one.transport.connect(3, List.of("https://127.0.0.1:1"));
        one.transport.connect(4, List.of());
        one.transport.connect(2, List.of("https://127.0.0.1:1", two.url()));
        two.transport.connect(1, List.of(one.url()));

        cluster.run(
                () -> one.send(two, MessageType.VOTE, 1) && !two.received.isEmpty(),
                "the vote arrives");
    }

    @Test
    void shouldCheckItsSettings() {
        final String url = "http://127.0.0.1:2380";
        assertTrue(refusal(new AeronContext()).contains("--listen-peer-urls"));
        assertTrue(
                refusal(new AeronContext().listenUrls(List.of(url))).contains("fallbackDirectory"));
        assertEquals(
                "appendTermLength must be a power of two from 64 KiB to 1 GiB: 1000",
                refusal(context(url).appendTermLength(1000)));
        assertTrue(refusal(context(url).mtuLength(1000)).contains("mtuLength"));
        assertTrue(refusal(context(url).windowLength(1)).contains("windowLength"));
        assertTrue(refusal(context(url).socketBufferLength(70_000)).contains("socketBufferLength"));
        assertTrue(refusal(context(url).backlogLength(1 << 20)).contains("backlogLength"));
        assertTrue(
                refusal(context(url).snapshotBytesPerSecond(0)).contains("snapshotBytesPerSecond"));
        assertTrue(refusal(context(url).stallNanos(1)).contains("stallNanos"));
    }

    @Test
    void shouldReadHostsOfAllKinds() {
        assertEquals(new PeerUrl("::1", 2380), PeerUrl.parse("x", "http://[::1]:2380"));
        assertEquals("[::1]:2380", PeerUrl.parse("x", "http://[::1]:2380").toString());
        assertTrue(PeerUrl.parse("x", "http://[::1]:2380").isLiteral());
        assertTrue(PeerUrl.parse("x", "http://10.0.0.1:2380").isLiteral());
        assertFalse(PeerUrl.parse("x", "http://10.example:2380").isLiteral());
        assertEquals(
                new PeerUrl("infra0.example", 2380),
                PeerUrl.parse("x", "http://infra0.example:2380/"));
        assertEquals(
                new PeerUrl("larch_node_1", 2380), PeerUrl.parse("x", "http://larch_node_1:2380"));
    }

    @Test
    void shouldListenEverywhereAndSpeakToItsOwnMachineWithoutAHost() throws Exception {
        final PeerUrl url = PeerUrl.parse("x", "http://:2380");
        assertEquals(new PeerUrl("", 2380), url);
        assertTrue(url.isLiteral());
        assertTrue(url.listenAddress().isAnyLocalAddress());
        assertTrue(url.resolve().isLoopbackAddress());
    }
}
