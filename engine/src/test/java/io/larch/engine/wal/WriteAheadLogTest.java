package io.larch.engine.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.engine.disk.DirectoryLockedException;
import io.larch.engine.raft.EntryKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WriteAheadLogTest {
    private static final int SMALL_SEGMENT = 8192;
    private static final Path SMAPS = Path.of("/proc/self/smaps");

    @TempDir Path dataDir;

    private WalContext context(final AppendPath appendPath) {
        return new WalContext()
                .directory(dataDir.resolve("member/wal"))
                .appendPath(appendPath)
                .segmentLengthBytes(SMALL_SEGMENT)
                .firstSegmentLengthBytes(SMALL_SEGMENT)
                .stagingLengthBytes(4096);
    }

    static void append(final WriteAheadLog log, final long term, final String body) {
        final UnsafeBuffer bytes = new UnsafeBuffer(body.getBytes(StandardCharsets.UTF_8));
        log.append(term, EntryKind.COMMAND, bytes, 0, bytes.capacity());
    }

    static List<String> entries(final WriteAheadLog log) {
        final List<String> entries = new ArrayList<>();
        log.read(
                log.firstIndex(),
                log.lastIndex(),
                Long.MAX_VALUE,
                (index, term, kind, body, offset, length) ->
                        entries.add(
                                index
                                        + "@"
                                        + term
                                        + " "
                                        + body.getStringWithoutLengthUtf8(offset, length)));
        return entries;
    }

    @ParameterizedTest
    @EnumSource(AppendPath.class)
    void shouldReadStagedAndRecoveredEntriesAlike(final AppendPath appendPath) {
        final List<String> expected = List.of("1@1 a", "2@1 ", "3@2 three", "4@2 12345678");
        try (WriteAheadLog log = WriteAheadLog.open(context(appendPath))) {
            assertTrue(log.isNew());
            append(log, 1, "a");
            append(log, 1, "");
            append(log, 2, "three");
            append(log, 2, "12345678");
            assertEquals(expected, entries(log));
            log.flush();
            assertEquals(expected, entries(log));
            assertTrue(log.durablePosition() < log.position());
            log.sync();
            assertEquals(log.position(), log.durablePosition());
        }
        try (WriteAheadLog log = WriteAheadLog.open(context(appendPath))) {
            assertFalse(log.isNew());
            assertEquals(expected, entries(log));
            assertEquals(1, log.firstIndex());
            assertEquals(4, log.lastIndex());
            assertEquals(0, log.term(0));
            assertEquals(1, log.term(2));
            assertEquals(2, log.term(3));
            assertEquals(-1, log.term(5));
        }
    }

    @Test
    void shouldHoldLittleMemoryOfWhatItReads() throws IOException {
        assumeTrue(Files.exists(SMAPS), "there is no " + SMAPS);
        final WalContext context =
                context(AppendPath.WRITE)
                        .segmentLengthBytes(64 << 20)
                        .firstSegmentLengthBytes(64 << 20)
                        .stagingLengthBytes(1 << 20);
        final String body = "e".repeat(100 * 1024);
        try (WriteAheadLog log = WriteAheadLog.open(context)) {
            for (int i = 0; i < 90; i++) {
                append(log, 1, body);
            }
            log.sync();
            assertEquals(90, entries(log).size());
            assertTrue(residentKilobytes() > 8192);
            log.trim();
            assertTrue(residentKilobytes() < 1024);
            final List<String> entries = entries(log);
            assertEquals("90@1 " + body, entries.get(89));
            log.trim();
            assertTrue(residentKilobytes() > 8192, "what was read again counts until more comes");
        }
    }

    @Test
    void shouldHoldLittleMemoryOfSegmentsThatWereAppliedAtTheStart() throws IOException {
        assumeTrue(Files.exists(SMAPS), "there is no " + SMAPS);
        final WalContext context = context(AppendPath.WRITE).segmentLengthBytes(1 << 20);
        try (WriteAheadLog log = WriteAheadLog.open(context)) {
            for (int i = 0; i < 9000; i++) {
                append(log, 1, "e".repeat(1024));
            }
            log.sync();
        }
        try (WriteAheadLog log = WriteAheadLog.open(context)) {
            assertEquals(9000, entries(log).size());
            assertTrue(residentKilobytes() > 8192);
            log.trim();
            assertTrue(residentKilobytes() < 1024);
        }
    }

    @ParameterizedTest
    @EnumSource(AppendPath.class)
    void shouldHoldNoMemoryOfWhatItReadAtTheStart(final AppendPath appendPath) throws IOException {
        assumeTrue(Files.exists(SMAPS), "there is no " + SMAPS);
        final WalContext context = context(appendPath).segmentLengthBytes(1 << 20);
        try (WriteAheadLog log = WriteAheadLog.open(context)) {
            for (int i = 0; i < 4096; i++) {
                append(log, 1, "e".repeat(1024));
            }
            log.sync();
        }
        try (WriteAheadLog log = WriteAheadLog.open(context)) {
            // The segment that grows may be.
            final long before = residentKilobytes();
            assertTrue(before < 2048, () -> before + " kB");
            assertEquals(4096, entries(log).size());
            assertTrue(residentKilobytes() > 4096);
        }
    }

    /** Of the log's files in this process. */
    private long residentKilobytes() throws IOException {
        long sum = 0;
        boolean isOfLog = false;
        for (final String line : Files.readAllLines(SMAPS)) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                isOfLog = line.contains(dataDir.toString()) && line.endsWith(".wal");
            } else if (isOfLog && line.startsWith("Rss:")) {
                sum += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return sum;
    }

    @ParameterizedTest
    @EnumSource(AppendPath.class)
    void shouldKeepHardStateAndMemberAcrossSegmentsAndRestarts(final AppendPath appendPath) {
        final UnsafeBuffer meta = new UnsafeBuffer("about me".getBytes(StandardCharsets.UTF_8));
        try (WriteAheadLog log = WriteAheadLog.open(context(appendPath))) {
            log.memberMeta(7, -8, meta, 0, meta.capacity());
            log.saveHardState(3, 5, 0);
            for (int i = 1; i <= 500; i++) {
                append(log, 3, "entry " + i);
                if (i % 50 == 0) {
                    log.saveHardState(3, 5, i - 10);
                    log.sync();
                }
            }
            assertTrue(log.segmentCount() > 2, () -> "segments: " + log.segmentCount());
            log.compact(450);
            log.sync();
            assertEquals(1, log.segmentCount());
            assertEquals(451, log.firstIndex());
            assertEquals(3, log.term(450));
        }
        try (WriteAheadLog log = WriteAheadLog.open(context(appendPath))) {
            assertEquals(7, log.clusterId());
            assertEquals(-8, log.memberId());
            assertEquals(
                    "about me",
                    log.memberMeta().getStringWithoutLengthUtf8(0, log.memberMeta().capacity()));
            assertEquals(3, log.hardStateTerm());
            assertEquals(5, log.votedFor());
            assertEquals(490, log.commitIndex());
            assertEquals(451, log.firstIndex());
            assertEquals(500, log.lastIndex());
            assertEquals(3, log.term(450));
            assertEquals(-1, log.term(449));
            assertEquals("451@3 entry 451", entries(log).get(0));
            assertEquals(50, entries(log).size());
        }
    }

    @ParameterizedTest
    @EnumSource(AppendPath.class)
    void shouldOverwriteTruncatedEntries(final AppendPath appendPath) {
        try (WriteAheadLog log = WriteAheadLog.open(context(appendPath))) {
            for (int i = 1; i <= 5; i++) {
                append(log, 1, "old " + i);
            }
            log.truncateFrom(3);
            assertEquals(2, log.lastIndex());
            assertEquals(-1, log.term(3));
            append(log, 2, "new 3");
        }
        try (WriteAheadLog log = WriteAheadLog.open(context(appendPath))) {
            assertEquals(List.of("1@1 old 1", "2@1 old 2", "3@2 new 3"), entries(log));
        }
    }

    @ParameterizedTest
    @EnumSource(AppendPath.class)
    void shouldStartBehindAnInstalledSnapshot(final AppendPath appendPath) {
        try (WriteAheadLog log = WriteAheadLog.open(context(appendPath))) {
            for (int i = 1; i <= 300; i++) {
                append(log, 1, "gone " + i);
            }
            log.resetTo(1000, 4);
            assertEquals(1001, log.firstIndex());
            assertEquals(1000, log.lastIndex());
            assertEquals(4, log.term(1000));
            log.sync();
            assertEquals(1, log.segmentCount());
        }
        try (WriteAheadLog log = WriteAheadLog.open(context(appendPath))) {
            assertEquals(1000, log.lastIndex());
            assertEquals(4, log.term(1000));
            assertEquals(1000, log.commitIndex());
            append(log, 5, "next");
            assertEquals(List.of("1001@5 next"), entries(log));
        }
    }

    @ParameterizedTest
    @EnumSource(AppendPath.class)
    void shouldKeepEntriesLargerThanASegment(final AppendPath appendPath) {
        final UnsafeBuffer body = new UnsafeBuffer(new byte[WalContext.MAX_BODY_LENGTH]);
        for (int i = 0; i < body.capacity(); i++) {
            body.putByte(i, (byte) (i * 31));
        }
        try (WriteAheadLog log = WriteAheadLog.open(context(appendPath))) {
            append(log, 1, "before");
            log.append(1, EntryKind.COMMAND, body, 0, body.capacity());
            append(log, 1, "after");
            log.sync();
            append(log, 1, "last");
        }
        try (WriteAheadLog log = WriteAheadLog.open(context(appendPath))) {
            assertEquals(4, log.lastIndex());
            final int count =
                    log.read(
                            2,
                            4,
                            1,
                            (index, term, kind, bytes, offset, length) -> {
                                assertEquals(body.capacity(), length);
                                assertEquals(
                                        0, body.compareTo(new UnsafeBuffer(bytes, offset, length)));
                                return true;
                            });
            assertEquals(1, count);
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            log.append(
                                    1, EntryKind.COMMAND, body, 0, WalContext.MAX_BODY_LENGTH + 1));
        }
    }

    @Test
    void shouldReadNoMoreBytesThanAskedButOneEntryAlways() {
        try (WriteAheadLog log = WriteAheadLog.open(context(AppendPath.WRITE))) {
            for (int i = 0; i < 5; i++) {
                append(log, 1, "0123456789");
            }
            assertEquals(1, log.read(1, 5, 0, (a, b, c, d, e, f) -> true));
            assertEquals(3, log.read(1, 5, 30, (a, b, c, d, e, f) -> true));
            assertEquals(2, log.read(1, 5, 29, (a, b, c, d, e, f) -> true));
            assertEquals(2, log.read(1, 5, 100, (index, b, c, d, e, f) -> index < 2));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> log.read(0, 5, 1, (a, b, c, d, e, f) -> true));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> log.read(1, 6, 1, (a, b, c, d, e, f) -> true));
        }
    }

    @Test
    void shouldRefuseADirectoryThatIsInUse() {
        try (WriteAheadLog log = WriteAheadLog.open(context(AppendPath.WRITE))) {
            assertThrows(
                    DirectoryLockedException.class,
                    () -> WriteAheadLog.open(context(AppendPath.WRITE)));
            append(log, 1, "still alive");
        }
        WriteAheadLog.open(context(AppendPath.WRITE)).close();
    }

    @Test
    void shouldNameFilesBySequenceAndIndexAndKeepThemPrivate() throws IOException {
        try (WriteAheadLog log = WriteAheadLog.open(context(AppendPath.WRITE))) {
            log.sync();
        }
        final Path directory = dataDir.resolve("member/wal");
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
        final Path file = directory.resolve("0000000000000001-0000000000000001.wal");
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void shouldReuseSegmentsThatWereCompacted() throws IOException {
        try (WriteAheadLog log = WriteAheadLog.open(context(AppendPath.WRITE).maxWals(2))) {
            for (int i = 1; i <= 5000; i++) {
                append(log, 1, "entry " + i);
                if (i % 100 == 0) {
                    log.sync();
                    log.compact(i - 10);
                    log.sync();
                }
            }
        }
        try (Stream<Path> files = Files.list(dataDir.resolve("member/wal"))) {
            final List<String> names = files.map(path -> path.getFileName().toString()).toList();
            assertTrue(names.size() <= 5, names::toString);
        }
        try (WriteAheadLog log = WriteAheadLog.open(context(AppendPath.WRITE).maxWals(2))) {
            assertEquals(5000, log.lastIndex());
            assertEquals(4991, log.firstIndex());
            assertEquals("5000@1 entry 5000", entries(log).get(9));
        }
    }

    @Test
    void shouldSyncOnItsOwnThreadWhenAsked() throws InterruptedException {
        final Semaphore durable = new Semaphore(0);
        final WalContext context = context(AppendPath.WRITE).onDurable(durable::release);
        try (WriteAheadLog log = WriteAheadLog.open(context)) {
            for (int i = 0; i < 200; i++) {
                append(log, 1, "entry " + i);
                log.requestSync();
                while (log.isSyncPending()) {
                    durable.acquire();
                }
                assertEquals(log.position(), log.durablePosition());
            }
            assertTrue(log.segmentCount() > 1);
        }
    }
}
