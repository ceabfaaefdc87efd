package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.client.Json;
import io.larch.tools.conformance.MemoryMember;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code import} and {@code export} between two members of this process. */
class CopyCommandsTest {
    @TempDir private Path directory;

    private MemoryMember etcd;
    private MemoryMember larch;

    @BeforeEach
    void start() {
        etcd = MemoryMember.start();
        larch = MemoryMember.start();
    }

    @AfterEach
    void stop() {
        etcd.close();
        larch.close();
    }

    private Run run(final MemoryMember member, final String... words) {
        final List<String> all = new ArrayList<>(List.of("--no-sync"));
        all.addAll(List.of(words));
        return Run.larchctl(
                Map.of("LARCHCTL_ENDPOINTS", member.url().toString()),
                "",
                all.toArray(String[]::new));
    }

    private Run copyIn(final String... words) {
        final List<String> all =
                new ArrayList<>(
                        List.of("import", "--from", etcd.url().toString(), "--patience", "0s"));
        all.addAll(List.of(words));
        return run(larch, all.toArray(String[]::new));
    }

    @Test
    void shouldCopyInAndSaySo() {
        run(etcd, "set", "/a/b", "1");
        run(etcd, "set", "/c", "2");

        final Run run = copyIn("--verify");

        assertEquals(0, run.status(), run.err());
        assertEquals("", run.err());
        assertTrue(
                run.out()
                        .matches(
                                "/ is copied up to index \\d+ of the source: 3 keys and directories, 2"
                                        + " written, 0 deleted, 0 changes followed\nboth sides are"
                                        + " the same: 2 keys, 1 directories, sha256"
                                        + " [0-9a-f]{64}\n"),
                run.out());
        assertEquals("1\n", run(larch, "get", "/a/b").out());
    }

    @Test
    void shouldCopyOut() {
        run(larch, "set", "/a/b", "1");

        assertEquals(0, run(larch, "export", "--to", etcd.url().toString()).status());

        assertEquals("1\n", run(etcd, "get", "/a/b").out());
    }

    @Test
    void shouldTellProgramsInJson() throws IOException {
        run(etcd, "set", "/p/a", "1");
        run(etcd, "set", "/q/b", "1");

        final Run run =
                run(
                        larch,
                        "-o",
                        "json",
                        "import",
                        "--from",
                        etcd.url().toString(),
                        "--prefix",
                        "p/",
                        "--state",
                        directory.resolve("state").toString(),
                        "--verify");

        final Map<String, Object> told = Json.object(Json.parse(run.out()));
        assertEquals("/p", told.get("prefix"));
        assertEquals(1, told.get("keys"));
        assertEquals(1, told.get("written"));
        assertEquals(0, told.get("followed"));
        assertTrue(Files.exists(directory.resolve("state")));
    }

    @Test
    void shouldEndWithACodeForEachReason() throws IOException {
        run(etcd, "set", "/a", "1");
        run(larch, "set", "/b", "1");

        assertEnds(1, "Error:  --from is required\n", run(larch, "import"));
        assertEnds(1, "Error:  --to is required\n", run(larch, "export"));
        assertEnds(1, "Error:  --parallel must be from 1 to 1000: 0\n", copyIn("--parallel", "0"));
        assertEnds(1, "Error:  --in-parts must be from 0 to 100: -1\n", copyIn("--in-parts", "-1"));
        assertEnds(
                2,
                "Error:  the target does not answer at http://127.0.0.1:1: connection refused\n",
                copyIn("--to", "http://127.0.0.1:1"));
        assertEnds(
                6,
                "Error:  the target has /b already; with --force it becomes what the source is\n",
                copyIn());
        final Path state = Files.writeString(directory.resolve("state"), "x");
        assertEquals(8, copyIn("--state", state.toString()).status());
        assertEquals(8, copyIn("--force", "--state", "/nowhere/state").status());
        assertEquals(0, copyIn("--force", "--verify").status());
    }

    private static void assertEnds(final int status, final String err, final Run run) {
        assertEquals(err, run.err());
        assertEquals(status, run.status());
    }

    @Test
    void shouldTellHowFarItIsWhenAsked() {
        final StringWriter err = new StringWriter();
        final long[] nowNanos = {0};
        final CopyProgress lines =
                new CopyProgress(new PrintWriter(err), true, false, () -> nowNanos[0]);

        lines.copied(1, "/a");
        nowNanos[0] += 600_000_000;
        lines.copied(2, "/b");
        lines.copied(3, "/c");
        nowNanos[0] += 600_000_000;
        lines.followed(7, 8, 9);

        assertEquals(
                "2 keys and directories, at /b\n7 changes followed, at index 8 of 9\n",
                err.toString());
    }
}
