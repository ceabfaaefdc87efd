package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.backup.SnapshotSample;
import io.larch.tools.backup.SnapshotSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command line says, with an archive that has one snapshot and no log. */
class RestoreCommandTest {
    @TempDir Path directory;

    private Path archive;
    private Path snapshot;
    private SnapshotSummary summary;

    @BeforeEach
    void keep() throws IOException {
        archive = Files.createDirectory(directory.resolve("archive"));
        final byte[] sample = SnapshotSample.bytes(directory.resolve("sample"));
        final Path file = Files.write(archive.resolve("sample"), sample);
        summary = SnapshotSummary.of(file);
        snapshot =
                Files.move(
                        file,
                        archive.resolve(
                                String.format(
                                        "%016x-%016x.snap", summary.term(), summary.index())));
    }

    private Run restore(final String... words) {
        final List<String> all = new ArrayList<>(List.of("restore", "--from", archive.toString()));
        all.addAll(List.of("--data-dir", directory.resolve("new").toString()));
        all.addAll(List.of(words));
        return Run.larchctl(Map.of(), "", all.toArray(String[]::new));
    }

    private void assertRefused(final int status, final String why, final String... words) {
        final Run run = restore(words);
        assertEquals(status, run.status(), run.err());
        assertTrue(run.err().startsWith("Error:  "), run.err());
        assertTrue(run.err().contains(why), run.err());
        assertFalse(Files.exists(directory.resolve("new/member")));
    }

    @Test
    void shouldMakeAMember() {
        final Run run = restore("--to-index", "" + summary.storeIndex());
        assertEquals(0, run.status(), run.err());
        assertTrue(run.out().startsWith("Restored member "), run.out());
        assertTrue(
                run.out().contains(": Raft's index " + summary.index() + ", X-Etcd-Index "),
                run.out());
        assertTrue(Files.isDirectory(directory.resolve("new/member/wal")));
        final Run again = restore();
        assertEquals(7, again.status(), again.err());
        assertTrue(again.err().contains("is not empty; --force"), again.err());
        assertEquals(0, restore("--force").status());
    }

    @Test
    void shouldSayWhatIsNotThere() throws IOException {
        final String beyond = "" + (summary.storeIndex() + 1);
        assertRefused(10, "X-Etcd-Index " + beyond + " is not there: ", "--to-index", beyond);
        assertRefused(10, "v3 revision 1 is in front of all", "--to-revision", "1");
        assertRefused(10, "Raft's index 1 is in front of all", "--to-raft-index", "1");
        assertRefused(10, "1970-01-01T00:00:01Z is in front of all", "--to-time", "1");
        final byte[] bytes = Files.readAllBytes(snapshot);
        bytes[bytes.length / 2] ^= 1;
        Files.write(snapshot, bytes);
        final Run run = restore();
        assertEquals(6, run.status(), run.err());
        assertTrue(run.err().contains("damaged at offset "), run.err());
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertRefused(1, "not several", "--to-index", "1", "--to-time", "1");
        assertRefused(1, "tomorrow: not a time", "--to-time", "tomorrow");
        assertRefused(1, "one of --to-index", "--to-index", "0", "--to-revision", "0");
        assertRefused(1, "\"\": not a time", "--to-time", "");
        assertRefused(1, "--from is empty", "--from", "");
        assertRefused(1, "what is that?", "more");
        assertRefused(7, "is not there", "--from", directory.resolve("none").toString());
        final Run run = Run.larchctl(Map.of(), "", "restore", "--data-dir", "new");
        assertEquals(1, run.status());
        assertTrue(run.err().contains("--from is required"), run.err());
    }

    /** A variable of a script that is not set must not bring back what was to be undone. */
    @Test
    void shouldNotTakeAMomentThatIsNoneForAllThereIs() {
        assertRefused(1, ": not a time", "--to-time", "");
        assertRefused(1, "--to-index -1: ", "--to-index", "-1");
        assertRefused(1, "--to-revision -1: ", "--to-revision=-1");
        assertRefused(1, "--to-raft-index -2: ", "--to-raft-index", "-2");
    }

    /** A data directory has a lock, which this process takes once. */
    @Test
    void shouldReadADirectoryOnceThatIsNamedTwice() throws IOException {
        Files.createFile(archive.resolve("lock"));
        final Path same = Files.createSymbolicLink(directory.resolve("same"), archive);
        final Run run = restore("--from", archive.toString(), "--from", same.toString());
        assertEquals(0, run.status(), run.err());
    }

    @Test
    void shouldNameASegmentThatCannotBeRead() throws IOException {
        Files.delete(snapshot);
        final String segment = String.format("%016x-%016x.wal", 1, 1);
        Files.createSymbolicLink(archive.resolve(segment), directory.resolve("gone"));
        assertRefused(7, segment);
    }

    private List<String> contents() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            final List<String> contents = new ArrayList<>();
            for (final Path path : all.sorted().toList()) {
                contents.add(
                        Files.isRegularFile(path)
                                ? path + " " + Arrays.hashCode(Files.readAllBytes(path))
                                : path.toString());
            }
            return contents;
        }
    }

    private void assertLeftAlone(final String source, final Path target, final String... words)
            throws IOException {
        final List<String> before = contents();
        final List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--data-dir", target.toString(), "--initial-cluster-token", "new"));
        final Run run = Run.larchctl(Map.of(), "", all.toArray(String[]::new));
        assertEquals(1, run.status(), () -> all + "\n" + run.err());
        assertTrue(run.err().startsWith("Error:  "), run.err());
        assertTrue(run.err().contains(source), run.err());
        assertTrue(run.err().contains("where the new member is to be made"), run.err());
        assertEquals(before, contents(), all::toString);
    }

    /** The only copy of what was kept would go with the member that it replaces. */
    @Test
    void shouldNotReplaceWhatItRestores() throws IOException {
        assertEquals(0, restore().status());
        final Path target = directory.resolve("new");
        final Path snap = target.resolve("member/snap");
        final String own = onlyFileOf(snap);
        final Path link = Files.createSymbolicLink(directory.resolve("link"), target);
        for (final String force : List.of("--force", "--force=false")) {
            for (final Path from :
                    List.of(target, target.resolve("member"), snap, link, link.resolve("member"))) {
                assertLeftAlone("", target, "restore", "--from", from.toString(), force);
                assertLeftAlone("", link, "restore", "--from", from.toString(), force);
            }
            assertLeftAlone(own, target, "snapshot", "restore", snap + "/" + own, force);
            assertLeftAlone(own, link, "snapshot", "restore", snap + "/" + own, force);
        }
        final Path kept = Files.createDirectory(target.resolve("kept"));
        Files.copy(snap.resolve(own), kept.resolve(own));
        assertLeftAlone("kept", target, "restore", "--from", kept.toString(), "--force");
    }

    /** A whole archive of links, as one is made to give another name to what is there. */
    @Test
    void shouldNotReplaceWhatLinksLeadTo() throws IOException {
        assertEquals(0, restore().status());
        final Path target = directory.resolve("new");
        final Path links = Files.createDirectory(directory.resolve("links"));
        final Path snap = target.resolve("member/snap");
        final String own = onlyFileOf(snap);
        final Path link = Files.createSymbolicLink(links.resolve(own), snap.resolve(own));
        assertLeftAlone(own, target, "restore", "--from", links.toString(), "--force");
        assertLeftAlone(own, target, "snapshot", "restore", link.toString(), "--force");
        // A member that lies elsewhere, with a link to it in its place.
        final Path elsewhere = directory.resolve("elsewhere");
        Files.move(target.resolve("member"), elsewhere);
        Files.createSymbolicLink(target.resolve("member"), elsewhere);
        assertLeftAlone("elsewhere", target, "restore", "--from", elsewhere.toString(), "--force");
    }

    /** What an attempt has left is replaced by the next, also without force. */
    @Test
    void shouldNotReplaceWhatAnInterruptedRestoreHasLeft() throws IOException {
        final Path target = Files.createDirectory(directory.resolve("new"));
        final Path left = target.resolve("member.restoring");
        Files.createDirectory(left);
        final String name = snapshot.getFileName().toString();
        Files.copy(snapshot, left.resolve(name));
        assertLeftAlone(name, target, "snapshot", "restore", left.resolve(name).toString());
        assertLeftAlone("member.restoring", target, "restore", "--from", left.toString());
    }

    private static String onlyFileOf(final Path snap) throws IOException {
        try (Stream<Path> all = Files.list(snap)) {
            return all.findAny().orElseThrow().getFileName().toString();
        }
    }
}
