package io.larch.engine.wal;

import static io.larch.engine.wal.WriteAheadLogTest.append;
import static io.larch.engine.wal.WriteAheadLogTest.entries;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.disk.NoRoomException;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Disks that fail, fill up, or write less than they were asked to. */
class WalFaultTest {
    private static final int SEGMENT = 4096;
    private static final int FILE = (int) FormerSectors.fileLength(SEGMENT);

    private final SimulatedDirectory disk = new SimulatedDirectory();

    private WriteAheadLog open() {
        return open(AppendPath.WRITE);
    }

    private WriteAheadLog open(final AppendPath appendPath) {
        return WriteAheadLog.open(
                new WalContext()
                        .files(disk)
                        .appendPath(appendPath)
                        .segmentLengthBytes(SEGMENT)
                        .firstSegmentLengthBytes(SEGMENT)
                        .stagingLengthBytes(4096)
                        .ownThreads(false));
    }

    @Test
    void shouldTakeNothingMoreAfterAFailedSync() {
        final WriteAheadLog log = open();
        append(log, 1, "durable");
        log.sync();
        append(log, 1, "lost");
        final long durablePosition = log.durablePosition();
        disk.forcesUntilFailure = 0;
        final WalFailedException failure = assertThrows(WalFailedException.class, log::sync);

        assertSame(failure, log.failure());
        assertEquals(durablePosition, log.durablePosition());
        assertSame(failure, assertThrows(WalFailedException.class, log::sync));
        assertThrows(WalFailedException.class, () -> append(log, 1, "never"));
        assertThrows(WalFailedException.class, () -> log.saveHardState(9, 9, 0));
        assertThrows(WalFailedException.class, () -> log.truncateFrom(1));
        assertThrows(WalFailedException.class, () -> log.resetTo(9, 9));
        log.close();

        disk.crash(new SplittableRandom(1));
        try (WriteAheadLog reopened = open()) {
            assertEquals("1@1 durable", entries(reopened).get(0));
        }
    }

    @Test
    void shouldTellTheEngineWhenTheSyncThreadFails() {
        final WriteAheadLog log = open();
        append(log, 1, "a");
        log.requestSync();
        assertTrue(log.isSyncPending());
        assertEquals(1, log.syncWork());
        assertFalse(log.isSyncPending());
        append(log, 1, "b");
        log.requestSync();
        disk.forcesUntilFailure = 0;
        log.syncWork();
        assertNotNull(log.failure());
        assertTrue(log.durablePosition() < log.position());
        assertEquals(0, log.syncWork());
        log.close();
    }

    @Test
    void shouldTakeNothingMoreAfterAFailedWrite() {
        final WriteAheadLog log = open();
        append(log, 1, "a");
        disk.writesUntilFailure = 0;
        assertThrows(WalFailedException.class, log::flush);
        assertThrows(WalFailedException.class, log::sync);
        assertThrows(WalFailedException.class, () -> append(log, 1, "b"));
        log.close();
    }

    @Test
    void shouldDieWhenTheDiskTakesNothing() {
        final WriteAheadLog log = open();
        append(log, 1, "a");
        disk.longestWrite = 0;
        assertThrows(WalFailedException.class, log::sync);
        log.close();
    }

    @Test
    void shouldFinishShortWrites() {
        disk.longestWrite = 7;
        try (WriteAheadLog log = open()) {
            append(log, 1, "a longer body than seven bytes");
            append(log, 1, "another one");
        }
        try (WriteAheadLog log = open()) {
            assertEquals(
                    List.of("1@1 a longer body than seven bytes", "2@1 another one"), entries(log));
        }
    }

    @Test
    void shouldFailToOpenOnAFullDiskAndLeaveNothingBehind() {
        disk.freeBytes = FILE - 1;
        assertThrows(DiskFullException.class, this::open);
        assertEquals(List.of(), disk.list());
        disk.freeBytes = FILE;
        open().close();
    }

    @Test
    void shouldRefuseEntriesOnAFullDiskButStillRecordVotes() {
        disk.freeBytes = FILE + 100;
        final WriteAheadLog log = open();
        int count = 0;
        try {
            while (true) {
                append(log, 1, "some body");
                count++;
            }
        } catch (final DiskFullException e) {
            assertTrue(log.isDiskFull());
        }
        assertEquals(count, log.lastIndex());
        final long position = log.position();
        assertThrows(DiskFullException.class, () -> append(log, 1, "some body"));
        assertEquals(position, log.position());

        log.saveHardState(2, 3, 1);
        log.truncateFrom(count);
        log.sync();
        log.close();
        try (WriteAheadLog reopened = open()) {
            assertEquals(count - 1, reopened.lastIndex());
            assertEquals(3, reopened.votedFor());
        }
    }

    @Test
    void shouldKnowThatTheDiskIsFullBeforeTheSegmentIs() {
        disk.freeBytes = FILE + 100;
        final WriteAheadLog log = open();
        for (int i = 0; i < 2100 / 56; i++) {
            append(log, 1, "some body");
        }
        log.sync();
        assertFalse(log.isDiskFull());
        assertEquals(0, log.poolWork());
        assertTrue(log.isDiskFull());
        append(log, 1, "there is still room for what is on its way");

        disk.freeBytes = FILE;
        assertEquals(1, log.poolWork());
        assertFalse(log.isDiskFull());
        log.close();
    }

    @Test
    void shouldKnowAFullDiskInWhateverLanguageItSaysSo() {
        final WriteAheadLog log = open();
        disk.createFailure = new NoRoomException("Auf dem Gerät ist kein Speicherplatz mehr");
        fill(log, DiskFullException.class);
        assertTrue(log.isDiskFull());

        disk.createFailure = null;
        append(log, 1, "room again");
        assertFalse(log.isDiskFull());
        log.close();
    }

    @Test
    void shouldNotTakeWhatElseGoesWrongForAFullDisk() {
        final WriteAheadLog log = open();
        disk.createFailure = new IOException("Too many open files: No space left on device");
        for (int i = 0; i < 2100 / 56; i++) {
            append(log, 1, "some body");
        }
        log.sync();
        assertEquals(0, log.poolWork());
        assertFalse(log.isDiskFull());

        fill(log, WalFailedException.class);
        assertNotNull(log.failure());
        log.close();
    }

    private static void fill(
            final WriteAheadLog log, final Class<? extends WalException> expected) {
        assertThrows(
                expected,
                () -> {
                    while (true) {
                        append(log, 1, "some body");
                    }
                });
    }

    @Test
    void shouldGoOnAfterCompactionMadeRoom() {
        disk.freeBytes = 2 * FILE;
        final WriteAheadLog log = open();
        assertThrows(
                DiskFullException.class,
                () -> {
                    while (true) {
                        append(log, 1, "some body");
                    }
                });
        assertEquals(2, log.segmentCount());
        log.compact(log.lastIndex() - 1);
        assertEquals(1, log.segmentCount());
        assertThrows(DiskFullException.class, () -> append(log, 1, "not durable yet"));
        log.sync();
        final long index = log.lastIndex() + 1;
        append(log, 1, "room again");
        assertEquals(index, log.lastIndex());
        log.close();
        try (WriteAheadLog reopened = open()) {
            assertEquals(
                    List.of(index - 1 + "@1 some body", index + "@1 room again"),
                    entries(reopened));
        }
    }

    @Test
    void shouldNotTakeStaleBytesOfAReusedSegmentForRecords() {
        // A file full of good records of an earlier life, zeroed in its first block only.
        try (WriteAheadLog log = open()) {
            for (int i = 0; i < 60; i++) {
                append(log, 1, "old");
            }
        }
        final byte[] old = disk.get(disk.segmentNames().get(0));
        final SimulatedDirectory other = new SimulatedDirectory();
        final byte[] reused = new byte[SEGMENT];
        try (WriteAheadLog log =
                WriteAheadLog.open(
                        new WalContext()
                                .files(other)
                                .segmentLengthBytes(SEGMENT)
                                .firstSegmentLengthBytes(SEGMENT)
                                .ownThreads(false))) {
            log.resetTo(500, 1);
            for (int i = 0; i < 100; i++) {
                append(log, 1, "new");
                log.sync();
                log.compact(log.lastIndex());
            }
            log.sync();
        }
        final String name = other.segmentNames().get(0);
        final byte[] content = other.get(name);
        int end = SEGMENT;
        while (content[end - 1] == 0) {
            end--;
        }
        end = end + 7 & -8;
        System.arraycopy(content, 0, reused, 0, end);
        // Records of the old life at the very offset where the next one belongs.
        System.arraycopy(old, end, reused, end, SEGMENT - end);
        disk.kill();
        for (final String stale : disk.list()) {
            disk.delete(stale);
        }
        disk.put(name, reused);
        WalCorruptException refused = null;
        try (WriteAheadLog log = open()) {
            assertEquals(600, log.lastIndex());
        } catch (final WalCorruptException e) {
            refused = e;
        }
        if (refused != null) {
            assertEquals(name, refused.file());
        }
    }

    @Test
    void shouldForgetSegmentsThatWereNeverSynced() {
        final WriteAheadLog log = open();
        append(log, 1, "durable");
        log.sync();
        for (int i = 0; i < 300; i++) {
            append(log, 1, "not durable");
        }
        log.flush();
        assertTrue(log.segmentCount() > 2);
        assertEquals(1, disk.segmentNames().size());
        disk.kill();
        try (WriteAheadLog reopened = open()) {
            assertTrue(reopened.lastIndex() >= 1);
            assertEquals("1@1 durable", entries(reopened).get(0));
            append(reopened, 2, "next");
            reopened.sync();
        }
    }
}
