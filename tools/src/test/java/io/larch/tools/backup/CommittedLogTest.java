package io.larch.tools.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.raft.EntryKind;
import io.larch.engine.sim.GitId;
import io.larch.engine.wal.WalContext;
import io.larch.engine.wal.WalScanner;
import io.larch.engine.wal.WriteAheadLog;
import io.larch.tools.backup.BackupException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever was taken back in between, each entry that is committed comes once, and no other. */
class CommittedLogTest {
    private static final int CLUSTER = 0xC1;
    private static final int SEGMENT_BYTES = 4096;

    @TempDir Path directory;

    private WriteAheadLog log;

    /** {@code term body} of each entry of the log, from the first on. */
    private final List<String> entries = new ArrayList<>();

    private final List<String> read = new ArrayList<>();
    private long term = 1;
    private int number;

    @BeforeEach
    void open() {
        log =
                WriteAheadLog.open(
                        new WalContext()
                                .directory(directory)
                                .segmentLengthBytes(SEGMENT_BYTES)
                                .ownThreads(false));
        log.memberMeta(CLUSTER, 1, new UnsafeBuffer(new byte[16]), 0, 16);
    }

    @AfterEach
    void close() {
        log.close();
    }

    private void append(final int length) {
        final String body = ++number + "x".repeat(length);
        final UnsafeBuffer bytes = new UnsafeBuffer(body.getBytes(StandardCharsets.UTF_8));
        log.append(term, EntryKind.COMMAND, bytes, 0, bytes.capacity());
        entries.add(term + " " + body);
    }

    private void truncateFrom(final long index) {
        log.truncateFrom(index);
        entries.subList((int) index - 1, entries.size()).clear();
    }

    private void commit(final long index) {
        log.saveHardState(term, 0, index);
    }

    private CommittedLog.End read(final long snapshotIndex) throws BackupException {
        return read(snapshotIndex, snapshotIndex == 0 ? 0 : log.term(snapshotIndex), CLUSTER);
    }

    private CommittedLog.End read(final long index, final long indexTerm, final long cluster)
            throws BackupException {
        log.sync();
        read.clear();
        return new CommittedLog(WalScanner.segments(directory), cluster, index, indexTerm)
                .read(
                        (entry, entryTerm, kind, body, offset, length) -> {
                            assertEquals(index + read.size() + 1, entry);
                            final String text = body.getStringWithoutLengthUtf8(offset, length);
                            return read.add(entryTerm + " " + text);
                        });
    }

    @Test
    void shouldPassWhatIsCommittedAndTellOfTheRest() throws Exception {
        for (int i = 0; i < 5; i++) {
            append(1);
        }
        commit(3);
        final CommittedLog.End end = read(0);
        assertEquals(entries.subList(0, 3), read);
        assertTrue(end.isWhole());
        assertEquals(2, end.leftOut());
        assertTrue(end.message().contains("with entry 5"), end::message);
        assertTrue(end.message().endsWith("entry 3 is the last known as committed"), end::message);
        read(2);
        assertEquals(entries.subList(2, 3), read);
        read(5);
        assertEquals(List.of(), read);
    }

    /** As a log goes: entries come, are taken back while they are not committed, and are. */
    @Test
    void shouldPassEachCommittedEntryOnceFromEachSnapshotOn() throws Exception {
        final long seed = Long.getLong("larch.raft.seed", GitId.seed());
        final Random random = new Random(seed);
        long committed = 0;
        for (int i = 0; i < 1_500; i++) {
            final int what = random.nextInt(20);
            if (what == 0 && entries.size() > committed) {
                term++;
                truncateFrom(committed + 1 + random.nextInt((int) (entries.size() - committed)));
            } else if (what < 5) {
                committed += random.nextInt((int) (entries.size() - committed) + 1);
                commit(committed);
            } else if (what == 5) {
                log.sync();
            } else {
                append(random.nextInt(300));
            }
        }
        assertTrue(log.segmentCount() > 20, "segments: " + log.segmentCount());
        for (long from = 0; from <= committed; from += 1 + random.nextInt(40)) {
            assertTrue(read(from).isWhole(), "seed " + seed);
            assertEquals(
                    entries.subList((int) from, (int) committed),
                    read,
                    "seed " + seed + ", behind " + from);
        }
    }

    @Test
    void shouldStopWhereTheConsumerSaysSo() throws Exception {
        append(1);
        append(1);
        commit(2);
        log.sync();
        final List<Long> seen = new ArrayList<>();
        assertNull(
                new CommittedLog(WalScanner.segments(directory), CLUSTER, 0, 0)
                        .read(
                                (index, entryTerm, kind, body, offset, length) -> {
                                    seen.add(index);
                                    return false;
                                }));
        assertEquals(List.of(1L), seen);
    }

    @Test
    void shouldNotGoOnWhereASnapshotCameInPlaceOfEntries() throws Exception {
        append(1);
        commit(1);
        log.resetTo(9, 2);
        term = 2;
        final CommittedLog.End end = read(0);
        assertEquals(1, read.size());
        assertEquals(Kind.NOT_THERE, end.kind());
        assertFalse(end.isWhole());
        assertTrue(end.message().contains("entries 2 to 9 are not there"), end::message);

        append(1);
        commit(10);
        assertTrue(read(9).isWhole());
        assertEquals(1, read.size());
    }

    @Test
    void shouldNotFollowASnapshotOfAnotherHistory() {
        append(1);
        append(1);
        commit(2);
        BackupException e = assertThrows(BackupException.class, () -> read(1, 7, CLUSTER));
        assertEquals(Kind.REFUSED, e.kind());
        assertTrue(e.getMessage().contains("entry 1 is of term 1 in "), e.getMessage());
        e = assertThrows(BackupException.class, () -> read(1, 1, 0xC2));
        assertEquals(Kind.REFUSED, e.kind());
        assertTrue(e.getMessage().contains("is of cluster c1, and the snapshot of c2"));
    }

    /** Whatever bit is wrong, what is passed is right, and the rest is not taken for complete. */
    @Test
    void shouldPassNothingThatIsDamaged() throws Exception {
        for (int i = 0; i < 60; i++) {
            append(200);
            commit(i + 1);
        }
        log.sync();
        final List<Path> segments = WalScanner.segments(directory);
        final Path damaged = segments.get(1);
        final byte[] whole = Files.readAllBytes(damaged);
        for (int at = 0; at < whole.length; at += 13) {
            final byte[] bytes = whole.clone();
            bytes[at] ^= 4;
            Files.write(damaged, bytes);
            assertNotComplete(at);
        }
        Files.write(damaged, whole);
        assertTrue(read(0).isWhole());
        assertEquals(entries, read);
    }

    private void assertNotComplete(final int at) throws IOException {
        read.clear();
        final CommittedLog.End end =
                new CommittedLog(WalScanner.segments(directory), CLUSTER, 0, 0)
                        .read(
                                (index, entryTerm, kind, body, offset, length) ->
                                        read.add(
                                                entryTerm
                                                        + " "
                                                        + body.getStringWithoutLengthUtf8(
                                                                offset, length)));
        assertEquals(entries.subList(0, read.size()), read);
        // What lies between two records says nothing.
        if (!end.isWhole() || read.size() < entries.size()) {
            assertEquals(Kind.DAMAGED, end.kind(), "damage at " + at);
            assertFalse(end.isWhole(), "damage at " + at);
        }
    }
}
