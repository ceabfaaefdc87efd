package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.MemoryMember;
import io.larch.tools.etcd.Recorded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code import --from-data-dir} of recorded files into a member of this process. */
class ImportFilesTest {
    @TempDir private Path parent;

    private static MemoryMember larch;

    @BeforeAll
    static void start() {
        larch = MemoryMember.start();
    }

    @AfterAll
    static void stop() {
        larch.close();
    }

    private static Run run(final String... words) {
        return Run.asking(larch.url(), words);
    }

    private static Run copyIn(final Path directory, final String... words) {
        final List<String> all =
                new ArrayList<>(List.of("import", "--from-data-dir", directory.toString()));
        all.addAll(List.of(words));
        return run(all.toArray(String[]::new));
    }

    private static void assertEnds(final int status, final String err, final Run run) {
        assertEquals(err, run.err());
        assertEquals(status, run.status());
    }

    @Test
    void shouldCopyKeysAndTellWhatItLeavesOut() throws IOException {
        final Path directory = Recorded.in(parent.resolve("data")).directory();
        final Path state = parent.resolve("state");

        final Run first = copyIn(directory, "--verify", "--force", "--state", state.toString());

        assertEquals(0, first.status(), first.err());
        assertTrue(
                first.out()
                        .matches(
                                "/ is copied up to index 62 of the source: 37 keys and directories,"
                                        + " \\d+ written, 0 deleted, 0 changes followed\nboth sides"
                                        + " are the same: 23 keys, 14 directories, sha256"
                                        + " [0-9a-f]{64}\n"),
                first.out());
        // Of two such values one is in the snapshot, where etcd itself has made it UTF-8.
        assertTrue(
                first.err()
                        .endsWith(
                                "hidden and so left out: /_hid; --prefix copies each\n"
                                        + "not UTF-8: 1 names or values; each byte that is none"
                                        + " becomes U+FFFD\n"),
                first.err());
        assertEquals("ä<&>\n\"one\n", run("get", "/one/ü🌲 +").out());
        assertEquals("job2\n", run("get", "/one/q/00000000000000000020").out());
        assertTrue(run("-o", "extended", "get", "/one/fresh").out().contains("TTL: "));

        // Again, as after an interruption: all is there.
        final Run again = copyIn(directory, "--verify", "--state", state.toString());
        assertEquals(0, again.status(), again.err());
        assertTrue(again.out().contains(" 0 written, 0 deleted"), again.out());
        final Run hidden = copyIn(directory, "--prefix", "/_hid");
        assertEquals(0, hidden.status(), hidden.err());
        assertEquals("h\n", run("get", "/_hid/two").out());
    }

    @Test
    void shouldEndWithACodeForEachReason() throws IOException {
        final Recorded files = Recorded.in(parent.resolve("data"));
        final Path data = files.directory();
        assertEnds(
                1,
                "Error:  either --from or --from-data-dir, not both\n",
                copyIn(data, "--from", "http://127.0.0.1:1"));
        assertEnds(
                1,
                "Error:  --follow needs an etcd that runs, and --from\n",
                copyIn(data, "--follow"));
        assertEnds(
                1,
                "Error:  --from-wal-dir and --whole-log need --from-data-dir\n",
                run("import", "--from", "http://127.0.0.1:1", "--whole-log"));
        assertEnds(
                1,
                "Error:  a\0b: Nul character not allowed\n",
                run("import", "--from-data-dir", "a\0b"));
        final Path nothing = parent.resolve("nothing");
        assertEnds(
                7,
                "Error:  %s/member/snap is not there: this is no data directory of etcd\n"
                        .formatted(nothing),
                copyIn(nothing));
        final Path elsewhere = parent.resolve("wal");
        Files.move(files.log().getParent(), elsewhere);
        assertEquals(7, copyIn(data).status());
        assertEquals(
                0,
                copyIn(
                                data,
                                "--from-wal-dir",
                                elsewhere.toString(),
                                "--prefix",
                                "/two/q",
                                "--force")
                        .status());
        final Path log = elsewhere.resolve(files.log().getFileName());
        final byte[] bytes = Files.readAllBytes(log);
        bytes[1_000] ^= 1;
        Files.write(log, bytes);
        final Run damaged = copyIn(data, "--from-wal-dir", elsewhere.toString());
        assertEquals(6, damaged.status());
        assertTrue(damaged.err().startsWith("Error:  " + log + " at offset "), damaged.err());
    }
}
