package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a member held at some points of its past is there again in members restored to these. */
@Tag("slow")
@Tag("fused-only")
class PointInTimeTest {

    /** Fills the first segment, of 8 MiB, about once. */
    private static final String LARGE = "x".repeat(400_000);

    private static final int STEPS = 27;

    @RegisterExtension final Servers servers = Servers.inMemory();

    @TempDir Path directory;

    private Path archive;
    private int restored;

    /** What a member answered. */
    private record Held(long storeIndex, long revision, String tree, String hash) {}

    @Test
    void shouldBeginAgainWhereTheMemberOnceWas() throws Exception {
        archive = directory.resolve("archive");
        final ServerProcess member =
                servers.larch(
                                "--archive-wal",
                                archive.toString(),
                                "--snapshot-count",
                                "40",
                                "--archive-wal-interval",
                                "300ms")
                        .start();
        final List<Held> past = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            past.add(step(member, i));
        }
        final Keys keys = new Keys(member);
        keys.await("no segment in the archive", () -> !files(".wal").isEmpty());
        keys.await("no snapshot in the archive", () -> files(".snap").size() > 1);
        assertTrue(
                metrics(member).contains("\nlarch_archive_lost_files_total 0.0\n"),
                metrics(member));
        assertTrue(metrics(member).matches("(?s).*\nlarch_archive_files_total [1-9].*"));

        assertHolds(past.get(7), List.of(archive));
        refused(10, "is not there: the log ends in ", past.get(STEPS - 1).storeIndex() + 9);
        // The newest are in no complete segment, and nobody writes any more.
        final Held newest = past.get(STEPS - 1);
        keys.await("no end of the log in the archive", () -> !files(".tail").isEmpty());
        keys.await("all is in the archive", () -> isKept(newest));
        assertHolds(newest, List.of(archive));
        member.terminate();
        final Held last = past.get(STEPS - 2);
        assertHolds(last, List.of(archive, member.dataDirectory()));
    }

    /** Writes of v2 and of v3, those of v2 first. */
    private static Held step(final ServerProcess member, final int number) throws IOException {
        final Keys keys = new Keys(member);
        keys.put("/large", "value=" + number + LARGE);
        final long storeIndex = keys.indexOfPut("/dir/" + number, "value=" + number);
        final Object put =
                V3Json.post(member.url(), "kv/put", "{\"key\":\"YQ==\",\"value\":\"MQ==\"}");
        return held(member, storeIndex, V3Json.number(put, "header", "revision"));
    }

    private static Held held(final ServerProcess member, final long storeIndex, final long revision)
            throws IOException {
        final HttpReply tree = new Keys(member).get("/?recursive=true&sorted=true");
        final Object hash =
                V3Json.post(member.url(), "maintenance/hashkv", "{\"revision\":" + revision + "}");
        return new Held(storeIndex, revision, tree.text(), text(hash, "hash"));
    }

    private void assertHolds(final Held expected, final List<Path> from) throws Exception {
        final ServerProcess member = servers.larch("--initial-cluster-token", "new");
        final List<String> words = new ArrayList<>(List.of("restore"));
        from.forEach(path -> words.addAll(List.of("--from", path.toString())));
        words.addAll(List.of("--to-index", "" + expected.storeIndex()));
        words.addAll(List.of("--data-dir", member.dataDirectory().toString()));
        words.addAll(List.of("--initial-cluster-token", "restored" + restored++));
        final String said = LarchctlCommand.run(0, words);
        assertTrue(
                said.contains(
                        ", X-Etcd-Index "
                                + expected.storeIndex()
                                + ", v3 revision "
                                + expected.revision()
                                + ", "),
                said);
        member.start();
        assertEquals(expected, held(member, expected.storeIndex(), expected.revision()));
        final Object range = V3Json.post(member.url(), "kv/range", "{\"key\":\"YQ==\"}");
        assertEquals(expected.revision(), V3Json.number(range, "header", "revision"));
        assertEquals(201, new Keys(member).put("/after", "value=1").status());
        member.close();
    }

    private void refused(final int status, final String why, final long storeIndex)
            throws Exception {
        final String said =
                LarchctlCommand.run(
                        status,
                        List.of(
                                "restore",
                                "--from",
                                archive.toString(),
                                "--to-index",
                                "" + storeIndex,
                                "--data-dir",
                                directory.resolve("none").toString(),
                                "--initial-cluster-token",
                                "none"));
        assertTrue(said.contains(why), said);
    }

    /** Of what is committed up to there the archive alone has all. */
    private boolean isKept(final Held held) {
        try {
            final Path tried = directory.resolve("tried" + restored++);
            LarchctlCommand.run(
                    0,
                    List.of(
                            "restore",
                            "--from",
                            archive.toString(),
                            "--to-revision",
                            "" + held.revision(),
                            "--data-dir",
                            tried.toString(),
                            "--initial-cluster-token",
                            "tried"));
            return true;
        } catch (final IOException | InterruptedException | AssertionError e) {
            return false;
        }
    }

    private List<String> files(final String suffix) throws IOException {
        if (!Files.exists(archive)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(archive)) {
            return files.map(Path::toString).filter(name -> name.endsWith(suffix)).toList();
        }
    }

    private static String metrics(final ServerProcess member) throws IOException {
        return HttpConnection.exchange(member.url(), "GET", "/metrics", null).text();
    }

    private static String text(final Object json, final String... path) {
        return String.valueOf(JsonTree.at(json, path));
    }
}
