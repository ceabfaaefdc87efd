package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The flags that say how and where a member keeps its data. */
@Tag("slow")
class StorageFlagsTest {
    private static final int BIG = 200_000;

    @RegisterExtension final Servers servers = new Servers();

    /** More than the first segment, kept by one path and read by the same or the other. */
    @ParameterizedTest
    @CsvSource({"write,write", "map,map", "write,map", "map,write"})
    void shouldReadWhatEitherWayOfAppendingWrote(final String before, final String after)
            throws IOException {
        final ServerProcess first = servers.larch("--wal-append", before).start();
        final Path data = first.dataDirectory();
        final String listing = fill(new Keys(first), 60);
        first.kill();

        final ServerProcess second =
                servers.larch("--wal-append", after, "--data-dir", data.toString()).start();

        assertEquals(listing, new Keys(second).get("/big?quorum=true&sorted=true").text());
        assertEquals(201, new Keys(second).put("/big/more", "value=1").status());
        second.kill();
        second.start();
        assertEquals(200, new Keys(second).get("/big/more?quorum=true").status());
    }

    @Test
    @Tag("fused-only")
    void shouldKeepTheLogWhereItIsTold(@TempDir final Path elsewhere) throws IOException {
        final Path walDir = elsewhere.resolve("log");
        final ServerProcess server = servers.larch("--wal-dir", walDir.toString()).start();
        final Keys keys = new Keys(server);
        keys.put("/a", "value=1");

        assertFalse(Files.exists(server.dataDirectory().resolve("member/wal")));
        assertEquals(1, files(walDir, ".wal").size());
        server.kill();
        server.start();
        assertEquals(200, keys.get("/a?quorum=true").status());
        server.kill();

        delete(walDir);
        server.start();
        assertEquals(404, keys.get("/a?quorum=true").status(), "something was kept elsewhere");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    @Tag("fused-only")
    void shouldKeepSoManySnapshots(final int count) throws IOException {
        final ServerProcess server =
                servers.larch("--snapshot-count", "20", "--max-snapshots", "" + count).start();
        final Keys keys = new Keys(server);
        final Path snapshots = server.dataDirectory().resolve("member/snap");
        for (int i = 0; i < 300; i++) {
            keys.put("/s/" + i % 50, "value=" + i);
        }
        keys.await("too many snapshots", () -> files(snapshots, ".snap").size() == count);
        final String listing = keys.get("/s?sorted=true&quorum=true").text();
        server.kill();
        server.start();

        assertEquals(listing, keys.get("/s?sorted=true&quorum=true").text());
        assertTrue(server.log().matches("(?s).*recovered: snapshot at index [1-9].*"));
    }

    /** Three segments and more are written; behind the snapshots they are used again. */
    @Test
    @Tag("fused-only")
    void shouldKeepSoManyFilesOfTheLog() throws IOException {
        final ServerProcess server =
                servers.larch("--snapshot-count", "100", "--max-wals", "2").start();
        final Keys keys = new Keys(server);
        final String form = "value=" + "x".repeat(2_000_000);
        for (int i = 0; i < 75; i++) {
            assertTrue(keys.put("/w/" + i % 3, form).status() < 300);
        }
        putMany(server, 5_500);
        final Path walDir = server.dataDirectory().resolve("member/wal");

        keys.await(
                "too many files in the log",
                () -> {
                    keys.put("/small", "value=0");
                    return files(walDir, ".wal").size() + files(walDir, ".tmp").size() <= 2;
                });
        final String listing = keys.get("/?recursive=true&sorted=true&quorum=true").text();
        server.kill();
        server.start();
        assertEquals(listing, keys.get("/?recursive=true&sorted=true&quorum=true").text());
    }

    /** Small writes, some at a time, so that they share syncs. */
    private static void putMany(final ServerProcess server, final int count) throws IOException {
        final List<HttpConnection> connections = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            connections.add(new HttpConnection(server.url(), 20_000));
        }
        for (int round = 0; round < count / connections.size(); round++) {
            for (final HttpConnection connection : connections) {
                connection.sendRequest("PUT", "/v2/keys/small", "value=" + round, Map.of());
            }
            for (final HttpConnection connection : connections) {
                assertTrue(connection.readReply(false).status() < 300);
            }
        }
        for (final HttpConnection connection : connections) {
            connection.close();
        }
    }

    private static String fill(final Keys keys, final int count) throws IOException {
        for (int i = 0; i < count; i++) {
            final String value = (i + ".").repeat(BIG).substring(0, BIG);
            assertEquals(201, keys.put("/big/" + i, "value=" + value).status());
        }
        return keys.get("/big?quorum=true&sorted=true").text();
    }

    /** The files of a directory whose names end like this, sorted. */
    private static List<Path> files(final Path directory, final String ending) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.filter(path -> path.toString().endsWith(ending)).sorted().toList();
        }
    }

    private static void delete(final Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (final Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
