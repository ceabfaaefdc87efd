package io.larch.tools.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.wal.WalScanner;
import io.larch.tools.backup.BackupException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfflineBackupTest {
    @TempDir Path directory;

    private final List<String> remarks = new ArrayList<>();
    private final AtomicLong ids = new AtomicLong(0xE0);
    private long kvDigest;

    private Path data() {
        return directory.resolve("data");
    }

    private Path copy() {
        return directory.resolve("copy");
    }

    /** A member that has a snapshot and a log behind it, or a log alone. */
    private void live(final boolean hasSnapshot) throws IOException {
        try (LoadedMember member = new LoadedMember(data().resolve("member")).load()) {
            if (hasSnapshot) {
                member.state();
            }
            member.more();
            kvDigest = member.member.kv().digest();
        }
    }

    private OfflineBackup backup() {
        return new OfflineBackup(data(), null, copy(), remarks::add);
    }

    private void assertStartsAlone() {
        try (LoadedMember member = new LoadedMember(copy().resolve("member"), true)) {
            assertEquals(kvDigest, member.member.kv().digest());
            assertEquals("hash", member.member.auth().user("u1").passwordHash());
            assertEquals("more", member.get("/more"));
            assertEquals(1, member.member.conf().voters().length);
            assertEquals(0xE2, member.member.conf().voters()[0]);
            member.more();
            assertTrue(member.member.kv().digest() != kvDigest, "it takes writes");
        }
    }

    @Test
    void shouldStartAloneWithAllThatTheLogHas() throws Exception {
        live(false);
        backup().make(ids::incrementAndGet);
        assertStartsAlone();
        assertEquals(List.of(), remarks);
    }

    @Test
    void shouldStartAloneWithASnapshotAndTheLogBehindIt() throws Exception {
        live(true);
        backup().make(ids::incrementAndGet);
        assertStartsAlone();
    }

    @Test
    void shouldLeaveTheMemberAsItWas() throws Exception {
        live(true);
        final List<String> before = contents();
        backup().make(ids::incrementAndGet);
        assertEquals(before, contents());
    }

    private List<String> contents() throws IOException {
        try (Stream<Path> files = Files.walk(data())) {
            final List<String> contents = new ArrayList<>();
            for (final Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                contents.add(file + " " + Arrays.hashCode(Files.readAllBytes(file)));
            }
            return contents;
        }
    }

    @Test
    void shouldTakeTheLogWhereItIsSaidToBe() throws Exception {
        live(false);
        final Path elsewhere = Files.move(data().resolve("member/wal"), directory.resolve("log"));
        final BackupException e =
                assertThrows(BackupException.class, () -> backup().make(ids::incrementAndGet));
        assertEquals(Kind.FILES, e.kind());
        assertTrue(e.getMessage().contains("there is no log"), e.getMessage());
        new OfflineBackup(data(), elsewhere, copy(), remarks::add).make(ids::incrementAndGet);
        assertStartsAlone();
    }

    @Test
    void shouldPassOverASnapshotThatIsDamagedWhileTheLogReachesBack() throws Exception {
        live(true);
        final Path snapshot;
        try (Stream<Path> files = Files.list(data().resolve("member/snap"))) {
            snapshot = files.findAny().orElseThrow();
        }
        flip(snapshot, Files.size(snapshot) / 2);
        backup().make(ids::incrementAndGet);
        assertStartsAlone();
        assertEquals(1, remarks.size());
        assertTrue(remarks.get(0).contains("damaged at offset "), remarks.get(0));
    }

    @Test
    void shouldRefuseALogThatIsDamagedInItsMidst() throws Exception {
        live(false);
        flip(WalScanner.segments(data().resolve("member/wal")).get(0), 200);
        final BackupException e =
                assertThrows(BackupException.class, () -> backup().make(ids::incrementAndGet));
        assertEquals(Kind.DAMAGED, e.kind(), e.getMessage());
        assertFalse(Files.exists(copy().resolve("member")));
    }

    private static void flip(final Path file, final long at) throws IOException {
        final byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void shouldNotCopyAMemberThatRuns() throws Exception {
        try (LoadedMember member = new LoadedMember(data().resolve("member")).load()) {
            final BackupException e =
                    assertThrows(BackupException.class, () -> backup().make(ids::incrementAndGet));
            assertEquals(Kind.FILES, e.kind());
            assertTrue(e.getMessage().contains("larchctl snapshot save"), e.getMessage());
            member.more();
        }
    }

    @Test
    void shouldOverwriteNothing() throws Exception {
        live(false);
        Files.createDirectories(copy());
        Files.writeString(copy().resolve("notes"), "mine");
        final BackupException e =
                assertThrows(BackupException.class, () -> backup().make(ids::incrementAndGet));
        assertEquals(Kind.FILES, e.kind());
        assertEquals("mine", Files.readString(copy().resolve("notes")));
    }

    /** What an attempt has left is replaced by the next, and must not be what is copied. */
    @Test
    void shouldNotCopyWhatLiesInItsOwnTarget() throws Exception {
        live(false);
        final Path left = Files.createDirectories(copy()).resolve("member.restoring");
        Files.move(data().resolve("member"), left);
        final Path link = Files.createSymbolicLink(directory.resolve("link"), copy());
        Files.createDirectory(data().resolve("member"));
        Files.createSymbolicLink(data().resolve("member/wal"), left.resolve("wal"));
        for (final OfflineBackup each :
                List.of(
                        backup(),
                        new OfflineBackup(copy(), left.resolve("wal"), copy(), remarks::add),
                        new OfflineBackup(
                                data(),
                                link.resolve("member.restoring/wal"),
                                copy(),
                                remarks::add))) {
            final BackupException e =
                    assertThrows(BackupException.class, () -> each.make(ids::incrementAndGet));
            assertEquals(Kind.REFUSED, e.kind(), e.getMessage());
            assertTrue(e.getMessage().contains(copy().toString()), e.getMessage());
            assertFalse(WalScanner.segments(left.resolve("wal")).isEmpty());
        }
    }
}
