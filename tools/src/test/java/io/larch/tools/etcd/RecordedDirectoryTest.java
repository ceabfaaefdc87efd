package io.larch.tools.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.etcd.EtcdFilesException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads files as a real etcd left them, and with damage of each kind. */
class RecordedDirectoryTest {
    /** Where in the log the last entry, a write, begins. */
    private static final int LAST_ENTRY = 10_096;

    @TempDir private Path parent;

    private final List<String> told = new ArrayList<>();
    private Recorded files;

    @BeforeEach
    void copy() throws IOException {
        files = Recorded.in(parent.resolve("data"));
    }

    private StoredKeys read() throws EtcdFilesException {
        told.clear();
        return new DataDirectory(files.directory(), null).read(false, told::add);
    }

    private void assertTold(final String part) {
        assertTrue(told.stream().anyMatch(line -> line.contains(part)), told::toString);
    }

    private EtcdFilesException refusal(final Kind kind) {
        final EtcdFilesException refusal =
                assertThrows(EtcdFilesException.class, this::read, told::toString);
        assertEquals(kind, refusal.kind(), refusal.getMessage());
        return refusal;
    }

    private void assertAllIsThere(final StoredKeys keys) throws IOException {
        assertEquals(Recorded.answered(), Listing.of(keys.tree()));
        assertEquals(Recorded.INDEX, keys.tree().index());
        assertEquals("89e49d7f81553f67", keys.cluster());
    }

    @Test
    void shouldHaveWhatEtcdAnswered() throws IOException {
        assertAllIsThere(read());

        assertTold("3e.snap is the snapshot to begin with");
        assertTold("ends with index 85 of term 2, committed are 85");
    }

    @Test
    void shouldHaveTheSameFromTheLogAlone() throws IOException {
        Files.delete(files.older());
        Files.delete(files.newer());

        assertAllIsThere(read());
    }

    @Test
    void shouldNameWhatIsNoFile() throws IOException {
        Files.delete(files.newer());
        Files.createDirectory(files.newer());
        assertAllIsThere(read());
        assertTold(files.newer() + " is no file; going on with the one before it");

        Files.delete(files.log());
        Files.createDirectory(files.log());
        assertEquals(files.log() + " is no file", refusal(Kind.UNUSABLE).getMessage());
    }

    @Test
    void shouldGoOnWithTheOlderSnapshotWhenTheNewerIsDamaged() throws IOException {
        final byte[] whole = Files.readAllBytes(files.newer());
        for (int at = 0; at < whole.length; at += 97) {
            final byte[] bytes = whole.clone();
            bytes[at] ^= 4;
            Files.write(files.newer(), bytes);

            assertAllIsThere(read());
        }
        Files.write(files.newer(), Arrays.copyOf(whole, whole.length / 2));
        assertAllIsThere(read());
        assertTold("3e.snap is not whole; going on with the one before it");
        assertTold("1f.snap is the snapshot to begin with");
        Files.write(files.newer(), new byte[0]);
        assertAllIsThere(read());
    }

    @Test
    void shouldLeaveOutASnapshotThatTheLogDoesNotKnow() throws IOException {
        final Path other = files.newer().resolveSibling("0000000000000003-0000000000000050.snap");
        final byte[] bytes = Files.readAllBytes(files.older());
        Files.write(other, bytes);
        assertAllIsThere(read());

        // The one of index 31 is not that of term 7.
        Files.delete(other);
        cutLog(LAST_ENTRY / 4);
        read();
        assertTold("is not known to the log");
    }

    @Test
    void shouldEndBeforeARecordThatACrashHasCut() throws IOException {
        final Map<String, String> before = new TreeMap<>(Recorded.answered());
        before.remove("/last");
        final byte[] whole = Files.readAllBytes(files.log());
        for (int length = LAST_ENTRY + 1; length < LAST_ENTRY + 80; length++) {
            Files.write(files.log(), Arrays.copyOf(whole, length));

            assertEquals(before, Listing.of(read().tree()));
            assertTold(files.log() + " at offset " + LAST_ENTRY);
            assertTold("as after a crash; the log ends before it");
        }
    }

    @Test
    void shouldHaveNothingButWhatWasBeforeWhereverTheLogIsCut() throws IOException {
        final Map<String, String> all = Recorded.answered();
        final byte[] whole = Files.readAllBytes(files.log());
        long index = 0;
        for (int length = 96; length < whole.length; length += 61) {
            Files.write(files.log(), Arrays.copyOf(whole, length));
            final StoredTree tree = read().tree();

            assertTrue(tree.index() >= index, "cut at " + length);
            index = tree.index();
        }
        Files.write(files.log(), whole);
        assertEquals(all, Listing.of(read().tree()));
        cutLog(3);
        assertTrue(refusal(Kind.DAMAGED).getMessage().contains("knows none of its snapshots"));
        assertEquals(Recorded.INDEX, index);
    }

    private void cutLog(final int length) throws IOException {
        Files.write(files.log(), Arrays.copyOf(Files.readAllBytes(files.log()), length));
    }

    @Test
    void shouldSeeEveryByteThatIsOther() throws IOException {
        final Map<String, String> all = Recorded.answered();
        final byte[] whole = Files.readAllBytes(files.log());
        int refused = 0;
        for (int at = 0; at < LAST_ENTRY; at += 13) {
            final byte[] bytes = whole.clone();
            bytes[at] ^= 1 << at % 8;
            Files.write(files.log(), bytes);
            try {
                // What no checksum is of: zeros between records, and some bits of lengths.
                final Map<String, String> found = Listing.of(read().tree());
                if (!found.equals(all)) {
                    assertTold("the log ends");
                }
            } catch (final EtcdFilesException e) {
                assertEquals(Kind.DAMAGED, e.kind());
                assertTrue(e.getMessage().startsWith(files.log() + ""), e.getMessage());
                refused++;
            }
        }
        assertTrue(refused > 600, "refused " + refused);
    }

    @Test
    void shouldTellWhereAChecksumIsWrong() throws IOException {
        final byte[] bytes = Files.readAllBytes(files.log());
        bytes[LAST_ENTRY + 50] ^= 1;
        Files.write(files.log(), bytes);

        final String message = refusal(Kind.DAMAGED).getMessage();
        assertTrue(
                message.startsWith(files.log() + " at offset 10096: the record has the checksum "),
                message);
    }

    @Test
    void shouldTakeASectorOfZerosInTheLastFileForACrash() throws IOException {
        final byte[] bytes = Files.readAllBytes(files.log());
        final int sector = LAST_ENTRY / 512 * 512 + 512;
        Arrays.fill(bytes, Math.min(sector, bytes.length), bytes.length, (byte) 0);
        Arrays.fill(bytes, LAST_ENTRY + 8, LAST_ENTRY + 80, (byte) 0);
        Files.write(files.log(), bytes);

        assertEquals(Recorded.INDEX - 1, read().tree().index());
        assertTold("at offset 10096: ");
    }

    @Test
    void shouldTellOfBytesBehindTheEnd() throws IOException {
        final byte[] bytes = Arrays.copyOf(Files.readAllBytes(files.log()), 20_000);
        bytes[15_000] = 1;
        Files.write(files.log(), bytes);

        assertAllIsThere(read());
        assertTold("but 1 bytes behind it are not zero");
    }

    @Test
    void shouldRefuseWhatIsNoDirectoryOfEtcd() throws IOException {
        final Path no = parent.resolve("no");
        final DataDirectory none = new DataDirectory(no, null);
        final EtcdFilesException refusal =
                assertThrows(EtcdFilesException.class, () -> none.read(false, told::add));
        assertEquals(Kind.UNUSABLE, refusal.kind());
        assertEquals(
                no + "/member/snap is not there: this is no data directory of etcd",
                refusal.getMessage());

        Files.write(files.log(), "a log of somebody else".getBytes());
        assertTrue(refusal(Kind.UNUSABLE).getMessage().contains("is no log of etcd"));
        Files.delete(files.log());
        assertTrue(refusal(Kind.UNUSABLE).getMessage().endsWith("wal has no log of etcd"));
    }

    @Test
    void shouldRefuseALogWithoutWhatTheSnapshotNeeds() throws IOException {
        final Path later = files.log().resolveSibling("0000000000000002-000000000000003f.wal");
        Files.move(files.log(), later);
        assertEquals(
                later + " begins behind index 62, and what was before is missing",
                refusal(Kind.DAMAGED).getMessage());

        Files.copy(later, files.log());
        assertTrue(refusal(Kind.DAMAGED).getMessage().startsWith("between " + files.log()));
    }

    @Test
    void shouldRefuseFilesThatAreLocked() throws IOException {
        try (FileChannel etcd = FileChannel.open(files.log(), StandardOpenOption.WRITE)) {
            assertNotNull(etcd.tryLock());

            assertTrue(refusal(Kind.UNUSABLE).getMessage().startsWith("an etcd uses "));
        }
        assertAllIsThere(read());
    }

    @Test
    void shouldChangeNothing() throws IOException {
        final Map<Path, ByteBuffer> before = contents();
        read();
        assertEquals(before, contents());
    }

    private Map<Path, ByteBuffer> contents() throws IOException {
        final Map<Path, ByteBuffer> contents = new TreeMap<>();
        try (Stream<Path> all = Files.walk(files.directory())) {
            for (final Path file : all.toList()) {
                contents.put(
                        file,
                        ByteBuffer.wrap(
                                Files.isDirectory(file) ? new byte[0] : Files.readAllBytes(file)));
            }
        }
        return contents;
    }
}
