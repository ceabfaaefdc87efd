package io.larch.tools.dump;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.sockets.FreePort;
import io.larch.tools.bootstrap.DataDirectory;
import io.larch.tools.bootstrap.FirstStart;
import io.larch.tools.client.Json;
import io.larch.tools.client.SimpleHttpClient;
import io.larch.tools.flags.LarchFlags;
import io.larch.tools.flags.ServerConfig;
import io.larch.tools.server.LarchAssembly;
import io.larch.tools.server.RunningMember;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Looks at the files that a real member has written, beside it and after it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LarchDumpTest {
    private static final int KEYS = 20;

    @TempDir static Path data;

    @TempDir Path directory;

    private StringWriter out;
    private StringWriter err;

    @BeforeAll
    @SuppressWarnings("try") // The member is spoken to by its port.
    static void writeSome() throws Exception {
        final String client = "http://127.0.0.1:" + FreePort.next();
        final String peer = "http://127.0.0.1:" + FreePort.next();
        final ServerConfig config =
                new LarchFlags(Map.of())
                        .parse(
                                List.of(
                                        "--data-dir=" + data,
                                        "--snapshot-count=" + KEYS / 2,
                                        "--listen-client-urls=" + client,
                                        "--advertise-client-urls=" + client,
                                        "--listen-peer-urls=" + peer,
                                        "--initial-advertise-peer-urls=" + peer,
                                        "--initial-cluster=default=" + peer));
        final var identity =
                new FirstStart(
                                config,
                                name -> {
                                    throw new IllegalStateException(name);
                                })
                        .identity()
                        .orElseThrow();
        new DataDirectory(config.storage()).prepare();
        try (RunningMember member = LarchAssembly.launch(config, identity)) {
            final SimpleHttpClient http = new SimpleHttpClient(Duration.ofSeconds(10));
            for (int i = 0; i < KEYS; i++) {
                assertTrue(http.put(URI.create(client + "/v2/keys/k" + i), "value=v").isSuccess());
            }
            http.put(URI.create(client + "/v2/keys/a%0Ab"), "value=v");
            while (files("member/snap", "*.snap").isEmpty()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
            final LarchDumpTest beside = new LarchDumpTest();
            assertEquals(0, beside.dump("wal", "--verify", data.toString()), beside::said);
            assertEquals(0, beside.dump("snapshot", "--verify", data.toString()), beside::said);
        }
    }

    @Test
    void shouldPrintTheRecordsOfALog() throws IOException {
        assertEquals(0, dump("wal", data.toString()), this::said);

        final List<String> lines = out.toString().lines().toList();
        final String name = segment().getFileName().toString();
        assertTrue(lines.get(0).startsWith(name + " bytes="), this::said);
        assertTrue(
                lines.get(1).startsWith("         0 segment position=0 sequence=1 version="),
                this::said);
        assertTrue(
                lines.stream()
                                .filter(
                                        line ->
                                                line.matches(
                                                        ".* kind=command domain=0 command=set .* path=/k\\d+ .*"))
                                .count()
                        == KEYS,
                this::said);
        assertTrue(
                lines.stream().anyMatch(line -> line.contains(" path=/a\\u000ab valueLength=1 ")),
                this::said);
        assertTrue(last(lines).matches(name + ": \\d+ records, whole up to \\d+"), this::said);
    }

    @Test
    void shouldPrintOneJsonObjectALine() throws IOException {
        assertEquals(0, dump("wal", "--json", segment().toString()), this::said);

        final List<String> lines = out.toString().lines().toList();
        for (final String line : lines) {
            Json.object(Json.parse(line));
        }
        assertEquals("segment", Json.object(Json.parse(lines.get(1))).get("type"));
        assertEquals(true, Json.object(Json.parse(last(lines))).get("isWhole"));
        assertEquals(
                lines.size() - 2, Json.number(Json.object(Json.parse(last(lines))).get("records")));
    }

    @Test
    void shouldPrintTheRecordsOfASnapshot() throws IOException {
        final Path snapshot = files("member/snap", "*.snap").get(0);
        assertEquals(0, dump("snapshot", "--json", snapshot.toString()), this::said);

        final List<String> lines = out.toString().lines().toList();
        final Map<String, Object> head = Json.object(Json.parse(lines.get(0)));
        assertEquals(snapshot.getFileName().toString(), head.get("file"));
        assertTrue(Json.number(head.get("index")) >= KEYS / 2, this::said);
        final Map<String, Object> section = Json.object(Json.parse(lines.get(1)));
        assertEquals("section", section.get("type"));
        assertEquals("keys", section.get("name"));
        assertEquals("record", Json.object(Json.parse(lines.get(2))).get("type"));
        assertEquals(true, Json.object(Json.parse(last(lines))).get("isWhole"));
    }

    @Test
    void shouldNameTheFirstBadOffsetAndRepairNothing() throws IOException {
        assertEquals(0, dump("wal", "--json", segment().toString()), this::said);
        final String third = out.toString().lines().toList().get(3);
        final long offset = Json.number(Json.object(Json.parse(third)).get("offset"));
        final Path damaged = damaged(segment(), offset + 8);
        final byte[] content = Files.readAllBytes(damaged);

        assertEquals(LarchDump.DAMAGED, dump("wal", "--verify", directory.toString()), this::said);
        assertEquals(
                damaged.getFileName()
                        + ": damaged at "
                        + offset
                        + " behind 2 records: checksum does not match\n",
                out.toString());
        assertArrayEquals(content, Files.readAllBytes(damaged));
    }

    @Test
    void shouldNameWhereASnapshotIsDamaged() throws IOException {
        final Path snapshot = files("member/snap", "*.snap").get(0);
        final Path damaged = damaged(snapshot, Files.size(snapshot) - 100);

        assertEquals(
                LarchDump.DAMAGED, dump("snapshot", "--verify", damaged.toString()), this::said);
        assertTrue(
                out.toString()
                        .matches(
                                damaged.getFileName()
                                        + ": damaged at \\d+ behind 0 records: .*"
                                        + " checksum of a chunk does not match\n"),
                this::said);
    }

    /** A copy of a file with one bit changed. */
    private Path damaged(final Path file, final long offset) throws IOException {
        final byte[] content = Files.readAllBytes(file);
        content[(int) offset] ^= 1;
        return Files.write(directory.resolve(file.getFileName()), content);
    }

    @Test
    void shouldSayWhenThereIsNothingToRead() {
        final Path none = directory.resolve("none");
        assertEquals(LarchDump.UNREADABLE, dump("wal", none.toString()));
        assertEquals("larch-dump: " + none + ": no such file or directory\n", err.toString());
        assertEquals(LarchDump.UNREADABLE, dump("snapshot", directory.toString()));
        assertEquals("larch-dump: no *.snap below " + directory + "\n", err.toString());
    }

    @Test
    void shouldRefuseAWrongCommandLine() {
        assertEquals(2, dump("wall", "x"));
        assertEquals(2, dump("wal"));
        assertEquals(2, dump());
        assertEquals(0, dump("--help"));
        assertTrue(out.toString().contains("Exit status:"), this::said);
    }

    private int dump(final String... arguments) {
        out = new StringWriter();
        err = new StringWriter();
        return LarchDump.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    private String said() {
        return out + "\n" + err;
    }

    private static String last(final List<String> lines) {
        return lines.get(lines.size() - 1);
    }

    private static Path segment() {
        return files("member/wal", "*.wal").get(0);
    }

    private static List<Path> files(final String below, final String pattern) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(data.resolve(below), pattern)) {
            final List<Path> found = new ArrayList<>();
            files.forEach(found::add);
            return found;
        } catch (final IOException e) {
            return List.of();
        }
    }
}
