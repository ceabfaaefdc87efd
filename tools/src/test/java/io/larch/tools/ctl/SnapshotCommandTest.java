package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.larch.tools.backup.SnapshotSample;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands for snapshots, against a server that sends what the test wants. */
class SnapshotCommandTest {
    private static final String UNREACHABLE = "http://127.0.0.1:1";

    @TempDir static Path samples;
    private static byte[] sample;

    @TempDir Path directory;
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private Path file;
    private HttpServer server;
    private String url;

    @BeforeAll
    static void load() throws IOException {
        sample = SnapshotSample.bytes(samples);
    }

    @BeforeEach
    void start() throws IOException {
        file = directory.resolve("snapshot");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        url = "http://127.0.0.1:" + server.getAddress().getPort();
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static String digest(final byte[] bytes) throws Exception {
        return "sha-256=:"
                + Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes))
                + ":";
    }

    private void send(final byte[] bytes, final String digest, final int length) {
        server.createContext(
                "/admin/snapshot",
                exchange -> {
                    asked.add(
                            String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
                    exchange.getResponseHeaders().set("Repr-Digest", digest);
                    exchange.sendResponseHeaders(200, length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
    }

    private void refuse(final int status, final String body) {
        server.createContext(
                "/admin/snapshot",
                exchange -> {
                    final byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(status, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
    }

    private Run run(final String... words) {
        return Run.larchctl(Map.of("LARCHCTL_ENDPOINTS", url), "", words);
    }

    private void assertFailed(final int status, final String why, final Run run) {
        assertEquals(status, run.status(), run.err());
        assertTrue(run.err().startsWith("Error:  "), run.err());
        assertTrue(run.err().contains(why), run.err());
        assertEquals("", run.out());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void shouldSaveWhatTheMemberSends() throws Exception {
        send(sample, digest(sample), sample.length);
        final Run run = run("-u", "root:pw", "snapshot", "save", file.toString());
        assertEquals(0, run.status(), run.err());
        assertTrue(run.out().startsWith("Snapshot saved at " + file + ": index "), run.out());
        assertTrue(run.out().endsWith(", " + sample.length + " bytes\n"), run.out());
        assertArrayEquals(sample, Files.readAllBytes(file));
        assertEquals(List.of("snapshot"), files());
        assertEquals(List.of("Basic cm9vdDpwdw=="), asked);
    }

    @Test
    void shouldTakeTheFirstMemberThatCanBeReached() throws Exception {
        send(sample, digest(sample), sample.length);
        final Run run =
                run("--endpoints", UNREACHABLE + "," + url, "snapshot", "save", file.toString());
        assertEquals(0, run.status(), run.err());
        assertFailed(
                2,
                "error #0: dial tcp 127.0.0.1:1: connect: connection refused",
                run("--endpoints", UNREACHABLE, "snapshot", "save", file + "2"));
    }

    @Test
    void shouldKeepWhatIsThereUnlessForced() throws Exception {
        send(sample, digest(sample), sample.length);
        Files.writeString(file, "mine");
        assertFailed(7, "there is such a file; --force", run("snapshot", "save", file.toString()));
        assertEquals("mine", Files.readString(file));
        assertEquals(0, run("snapshot", "save", file.toString(), "--force").status());
        assertArrayEquals(sample, Files.readAllBytes(file));
        assertFailed(7, "is a directory", run("snapshot", "save", directory.toString()));
        assertFailed(7, "no such directory", run("snapshot", "save", file + "/x"));
    }

    @Test
    void shouldLeaveNothingOfATransferThatWasCut() throws Exception {
        send(Arrays.copyOf(sample, sample.length / 2), digest(sample), sample.length);
        assertFailed(4, "the connection ended after", run("snapshot", "save", file.toString()));
        assertEquals(List.of(), files());
    }

    @Test
    void shouldLeaveNothingOfWhatIsNotWhatWasSent() throws Exception {
        final byte[] flipped = sample.clone();
        flipped[sample.length / 2] ^= 1;
        send(flipped, digest(sample), sample.length);
        assertFailed(6, "is not what was sent", run("snapshot", "save", file.toString()));
        server.removeContext("/admin/snapshot");
        send(flipped, digest(flipped), sample.length);
        assertFailed(6, "damaged at offset", run("snapshot", "save", file.toString()));
        assertEquals(List.of(), files());
    }

    @Test
    void shouldSayWhyThereIsNoSnapshot() throws Exception {
        refuse(503, "{\"message\":\"No space left on device\"}");
        assertFailed(4, "No space left on device [503]", run("snapshot", "save", file.toString()));
        server.removeContext("/admin/snapshot");
        refuse(404, "404 page not found\n");
        assertFailed(4, "it is no Larch", run("snapshot", "save", file.toString()));
        server.removeContext("/admin/snapshot");
        refuse(200, "hello");
        assertFailed(4, "is no snapshot of Larch", run("snapshot", "save", file.toString()));
        assertEquals(List.of(), files());
    }

    @Test
    void shouldReplaceWhatAnEarlierAttemptHasLeft() throws Exception {
        send(sample, digest(sample), sample.length);
        Files.writeString(file.resolveSibling("snapshot.part"), "half of it");
        assertEquals(0, run("snapshot", "save", file.toString()).status());
        assertEquals(List.of("snapshot"), files());
    }

    @Test
    void shouldSayWhereNoFileCanBeWritten() {
        send(sample, "sha-256=:x:", sample.length);
        assertFailed(
                7,
                "/proc/self/snapshot.part: no such file",
                run("snapshot", "save", "/proc/self/snapshot"));
    }

    @Test
    void shouldTellWhatIsInAFile() throws Exception {
        Files.write(file, sample);
        final Run simple = run("snapshot", "status", file.toString());
        assertTrue(
                simple.out()
                        .matches(
                                "index \\d+, term \\d+, cluster c1, members 1, v2 keys 3,"
                                        + " v3 keys 2, v3 revision 6, \\d+ bytes\n"),
                simple.out());
        final Run extended = run("-o", "extended", "snapshot", "status", file.toString());
        assertTrue(extended.out().contains("\nV3-Revision: 6\n"), extended.out());
        assertTrue(
                extended.out().endsWith("\nMember: a1 name=old peerURLs=http://127.0.0.1:2380\n"),
                extended.out());
        final Run json = run("-o", "json", "snapshot", "status", file.toString());
        assertTrue(json.out().contains(",\"v3Leases\":1,\"users\":1,"), json.out());
        assertEquals(
                file + ": whole, " + sample.length + " bytes\n",
                run("snapshot", "verify", file.toString()).out());
    }

    @Test
    void shouldNameThePlaceOfTheDamage() throws Exception {
        final byte[] flipped = sample.clone();
        flipped[sample.length - 1] ^= 1;
        Files.write(file, flipped);
        for (final String command : List.of("status", "verify")) {
            assertFailed(
                    6, file + ": damaged at offset ", run("snapshot", command, file.toString()));
            assertFailed(7, "no such file", run("snapshot", command, file + "2"));
        }
        assertFailed(1, "one file of a snapshot required", run("snapshot", "verify"));
    }

    @Test
    void shouldBackUpAMemberThatDoesNotRun() throws Exception {
        final String dataDir = directory.resolve("old").toString();
        SnapshotSample.bytes(directory.resolve("old"));
        final String backupDir = directory.resolve("copy").toString();
        assertEquals(
                new Run(0, "", ""),
                run("backup", "--data-dir", dataDir, "--backup-dir", backupDir));
        assertTrue(Files.isDirectory(directory.resolve("copy/member/wal")));
        assertFailed(
                7, "is not empty", run("backup", "--data-dir", dataDir, "--backup-dir", backupDir));
        assertFailed(1, "are required", run("backup", "--data-dir", dataDir));
    }

    @Test
    void shouldRestore() throws Exception {
        Files.write(file, sample);
        final String dataDir = directory.resolve("data").toString();
        final String[] words = {
            "snapshot",
            "restore",
            file.toString(),
            "--data-dir",
            dataDir,
            "--name",
            "a",
            "--initial-cluster",
            "a=http://127.0.0.1:7001",
            "--initial-cluster-token",
            "new"
        };
        final Run run = run(words);
        assertEquals(0, run.status(), run.err());
        assertTrue(
                run.out().matches("Restored member [0-9a-f]+ of cluster [0-9a-f]+ in .*\n"),
                run.out());
        assertTrue(Files.isDirectory(directory.resolve("data/member/wal")));
        assertFailed(7, "is not empty", run(words));
        assertFailed(1, "--data-dir required", run("snapshot", "restore", file.toString()));
    }
}
