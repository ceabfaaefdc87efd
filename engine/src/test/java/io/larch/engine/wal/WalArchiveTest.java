package io.larch.engine.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.archive.Archive;
import io.larch.engine.disk.Directory;
import io.larch.engine.disk.LocalDirectory;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No segment leaves the log before it is in the archive, as long as that can be waited for. */
class WalArchiveTest {
    private static final int SMALL_SEGMENT = 4096;

    @TempDir Path directory;

    private AppendPath appendPath = AppendPath.WRITE;
    private Archive archive;
    private int written;
    private boolean isFull;

    /** Of a disk that is full: files of the log that it has room for. */
    private int roomLeft;

    private Path live() {
        return directory.resolve("wal");
    }

    private Path kept() {
        return directory.resolve("archive");
    }

    /** The real one, that says how much room there is as the test wants. */
    private Directory disk() {
        final LocalDirectory real = new LocalDirectory(live());
        return (Directory)
                Proxy.newProxyInstance(
                        Directory.class.getClassLoader(),
                        new Class<?>[] {Directory.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("usableBytes")) {
                                return isFull && real.list().size() > roomLeft
                                        ? 0L
                                        : Long.MAX_VALUE;
                            }
                            try {
                                return method.invoke(real, arguments);
                            } catch (final InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private WalContext context() {
        return new WalContext()
                .files(disk())
                .appendPath(appendPath)
                .segmentLengthBytes(SMALL_SEGMENT)
                .stagingLengthBytes(4096)
                .ownThreads(false);
    }

    private WriteAheadLog open() {
        final WriteAheadLog log = WriteAheadLog.open(context());
        archive = new Archive(new LocalDirectory(kept()));
        log.archiveTo(archive);
        return log;
    }

    /** Entries of a kilobyte, so that a few fill a segment; all but the last are compacted. */
    private void write(final WriteAheadLog log, final int count, final boolean isArchiving) {
        for (int i = 0; i < count; i++) {
            WriteAheadLogTest.append(log, 1, ++written + " ".repeat(1_000));
            log.sync();
            log.compact(written - 1);
            log.sync();
            if (isArchiving) {
                archive.doWork();
            }
            while (log.poolWork() > 0) {
                continue;
            }
        }
    }

    /** Numbers of the segments of a directory. */
    private static List<Long> sequences(final Path directory) {
        return WalScanner.segments(directory).stream()
                .map(path -> WalSegment.sequenceOf(path.getFileName().toString()))
                .toList();
    }

    private void assertArchiveHasAllUpTo(final long sequence) {
        final List<Long> expected = new ArrayList<>();
        long entry = 0;
        WalScanner before = null;
        for (final Path segment : WalScanner.segments(kept())) {
            expected.add(expected.size() + 1L);
            final WalScanner scanner = WalScanner.open(segment, before);
            while (scanner.next()) {
                if (scanner.record().type() == WalRecordFlyweight.ENTRY) {
                    assertEquals(++entry, scanner.record().index());
                }
            }
            assertEquals(null, scanner.problem(), segment::toString);
            before = scanner;
        }
        assertEquals(sequence, expected.size());
        assertEquals(expected, sequences(kept()));
    }

    @ParameterizedTest
    @EnumSource(AppendPath.class)
    void shouldKeepEachSegmentAsItWasWhenItWasComplete(final AppendPath path) {
        appendPath = path;
        try (WriteAheadLog log = open()) {
            write(log, 100, true);
            assertTrue(sequences(live()).size() <= 3, () -> sequences(live()).toString());
            final long newest = sequences(live()).get(sequences(live()).size() - 1);
            assertTrue(newest > 20);
            assertArchiveHasAllUpTo(newest - 1);
        }
    }

    /** A crash in front of the sync would make it the last one again, and more would be added. */
    @Test
    void shouldNotKeepASegmentBeforeTheNextOneIsThereForGood() {
        try (WriteAheadLog log = open()) {
            while (log.segmentCount() < 3) {
                WriteAheadLogTest.append(log, 1, ++written + " ".repeat(1_000));
                log.flush();
            }
            assertEquals(0, archive.counts().waiting());
            log.sync();
            assertEquals(2, archive.counts().waiting());
        }
    }

    @Test
    void shouldLeaveTheArchiveAloneWhenItIsNotUsedAnyMore() {
        try (WriteAheadLog log = open()) {
            while (log.segmentCount() < 5) {
                WriteAheadLogTest.append(log, 1, ++written + " ".repeat(1_000));
                log.sync();
            }
            archive.doWork();
        }
        try (WriteAheadLog log = WriteAheadLog.open(context())) {
            write(log, 50, false);
        }
        assertArchiveHasAllUpTo(4);
    }

    @Test
    void shouldGoOnWithTheArchiveAfterARestart() {
        for (int life = 0; life < 5; life++) {
            try (WriteAheadLog log = open()) {
                write(log, 11, life % 2 == 0);
            }
        }
        try (WriteAheadLog log = open()) {
            assertEquals(written, log.lastIndex());
            archive.doWork();
            final List<Long> live = sequences(live());
            assertArchiveHasAllUpTo(live.get(live.size() - 1) - 1);
            assertEquals(0, archive.counts().waiting());
        }
    }

    @Test
    void shouldLetGoWhatTheArchiveDoesNotTakeWhereThereIsNoRoomForMore() throws IOException {
        Files.createFile(kept());
        try (WriteAheadLog log = open()) {
            write(log, 20, true);
            assertEquals(0, archive.counts().lost());
            final int held = sequences(live()).size();

            isFull = true;
            WriteAheadLogTest.append(log, 1, ++written + " ".repeat(1_500));
            log.sync();
            // One after the other, as there is no room behind any.
            while (log.poolWork() > 0 || archive.counts().lost() < 3) {
                continue;
            }
            assertTrue(sequences(live()).size() < held, () -> sequences(live()).toString());
            isFull = false;
            write(log, 5, true);
            assertEquals(written, log.lastIndex());
        }
    }

    /** What is let go is missing for good; the room of one is all that the next one needs. */
    @Test
    void shouldLetGoNoMoreThanTheNextSegmentNeeds() throws IOException {
        Files.createFile(kept());
        try (WriteAheadLog log = open()) {
            write(log, 20, true);
            final int held = sequences(live()).size();
            assertTrue(held > 5);

            isFull = true;
            roomLeft = new LocalDirectory(live()).list().size() - 1;
            while (archive.counts().lost() == 0) {
                WriteAheadLogTest.append(log, 1, ++written + " ".repeat(1_500));
                log.sync();
                while (log.poolWork() > 0) {
                    continue;
                }
            }
            assertEquals(1, archive.counts().lost());
            assertEquals(2, sequences(live()).get(0));
        }
    }

    @Test
    void shouldHoldWhatTheArchiveDoesNotTakeAndNoMoreThanTheBound() throws IOException {
        Files.createFile(kept());
        try (WriteAheadLog log = open()) {
            write(log, 30, true);
            assertEquals(0, archive.counts().kept());
            assertEquals(0, archive.counts().lost());
            assertTrue(archive.counts().failures() > 0);
            assertEquals(1, sequences(live()).get(0));

            write(log, 200, true);
            assertTrue(archive.counts().lost() > 0);
            final List<Long> live = sequences(live());
            assertTrue(
                    live.size() >= Archive.MAX_HELD && live.size() <= Archive.MAX_HELD + 3,
                    live::toString);
            assertEquals(live.get(0) - 1, archive.counts().lost());
            assertEquals(live.get(live.size() - 1) - live.get(0) + 1, live.size());
        }
        Files.delete(kept());
        try (WriteAheadLog log = open()) {
            final List<Long> live = sequences(live());
            assertEquals(written, log.lastIndex());
            archive.doWork();
            assertEquals(live.subList(0, live.size() - 1), sequences(kept()));
            assertEquals(live.size() - 1, archive.counts().kept());
            write(log, 1, true);
            assertTrue(sequences(live()).size() <= 3, () -> sequences(live()).toString());
        }
    }
}
