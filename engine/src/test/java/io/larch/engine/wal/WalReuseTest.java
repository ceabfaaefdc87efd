package io.larch.engine.wal;

import static io.larch.engine.wal.WriteAheadLogTest.append;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.disk.DiskFile;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The same damage to files that have been part of the log before, and are full of old records. */
class WalReuseTest extends WalDamageTest {
    @Override
    void beforeTwoSegments(final WriteAheadLog log) {
        for (int life = 0; life < 2; life++) {
            while (log.segmentCount() < 4) {
                append(log, 1, "an entry of the former life of this file");
            }
            log.sync();
            log.resetTo(0, 0);
            log.sync();
        }
    }

    @Test
    void shouldHoldBytesOfTheFormerLifeBehindTheEnd() {
        for (final String name : disk.segmentNames()) {
            final byte[] content = disk.get(name);
            final UnwrittenBytes unwritten = unwrittenBytes(content);
            final int sectors = SEGMENT / FormerSectors.SECTOR_LENGTH;
            int former = 0;
            for (int sector = 0; sector < sectors; sector++) {
                former += unwritten.isFormer(sector * FormerSectors.SECTOR_LENGTH) ? 1 : 0;
            }
            assertTrue(former > 0 && former < sectors, former + " sectors of " + name);
        }
    }

    @Test
    void shouldWriteNoMoreThanChecksumsToAFileThatIsUsedAgain() throws Exception {
        final String name = disk.segmentNames().get(1);
        final byte[] before = disk.get(name);
        FormerSectors.writeDown(disk.open(name), SEGMENT, file -> {});
        final byte[] after = disk.get(name);
        assertEquals(FormerSectors.fileLength(SEGMENT), after.length);
        for (int i = 0; i < SEGMENT; i++) {
            assertEquals(before[i], after[i]);
        }
        assertEquals(0, unwrittenBytes(after).nextWritten(0) - SEGMENT);
        after[700] ^= 1;
        assertEquals(FormerSectors.SECTOR_LENGTH, unwrittenBytes(after).nextWritten(0));
        final ByteBuffer zeros = ByteBuffer.allocate(FormerSectors.SECTOR_LENGTH);
        assertTrue(FormerSectors.checksum(zeros, new CRC32C()) != 0);
    }

    /**
     * Or else the system would read ahead, and keep the file in larger pieces than it is written.
     */
    @Test
    void shouldReadAFileThatIsUsedAgainFromItsEnd() throws Exception {
        final int length = 5 * 64 * 1024 / 2;
        final List<Long> reads = new ArrayList<>();
        final SimulatedDirectory files = new SimulatedDirectory();
        files.put("spare", new byte[(int) FormerSectors.fileLength(length)]);
        final DiskFile file = files.open("spare");
        final DiskFile watched =
                (DiskFile)
                        Proxy.newProxyInstance(
                                DiskFile.class.getClassLoader(),
                                new Class<?>[] {DiskFile.class},
                                (proxy, method, arguments) -> {
                                    if (method.getName().equals("read")) {
                                        reads.add((Long) arguments[1]);
                                    }
                                    return method.invoke(file, arguments);
                                });

        FormerSectors.writeDown(watched, length, each -> {});

        assertEquals(List.of(2 * 65_536L, 65_536L, 0L), reads);
        final byte[] after = files.get("spare");
        for (int at = length; at < after.length; at++) {
            assertTrue(at % 4 != 0 || ByteBuffer.wrap(after).getInt(at) != 0, "none at " + at);
        }
    }

    /** Without checksums damage to this life is told from bytes of the former by the position. */
    @Test
    void shouldRefuseDamageThoughTheChecksumsAreCutOff() {
        final SimulatedDirectory files = new SimulatedDirectory();
        final int body = 2 * FormerSectors.SECTOR_LENGTH - WalRecordFlyweight.HEADER_LENGTH;
        long position;
        try (WriteAheadLog log = open(files)) {
            // To the beginning of a sector, and one record of two sectors from there.
            final int behind = (int) (log.position() % FormerSectors.SECTOR_LENGTH);
            append(log, 1, "x".repeat(body - behind));
            log.sync();
            position = log.position();
            append(log, 1, "y".repeat(body));
            log.sync();
        }
        assertEquals(0, position % FormerSectors.SECTOR_LENGTH);
        final String name = files.segmentNames().get(0);
        final byte[] cut = Arrays.copyOf(files.get(name), SEGMENT);
        cut[(int) position + 700] ^= 1;
        files.put(name, cut);
        files.kill();

        assertThrows(WalCorruptException.class, () -> open(files));
    }

    @Test
    void shouldKeepAsManyFilesAsTheLogHadBeforeItWasCompacted() {
        final SimulatedDirectory files = new SimulatedDirectory();
        try (WriteAheadLog log = open(files)) {
            growAndCompact(log, 9);
            growAndCompact(log, 9);
            final int created = files.createCount;
            assertTrue(created <= 10, created + " files");
            for (int i = 0; i < 5; i++) {
                growAndCompact(log, 9);
            }
            assertEquals(created, files.createCount);
            // It needs fewer for once; the next time that it needs as many nearly all are there.
            growAndCompact(log, 6);
            growAndCompact(log, 9);
            assertTrue(files.createCount <= created + 1, () -> files.createCount + " files");
            // It needs fewer from now on, and those that it does not need go one by one.
            growAndCompact(log, 6);
            growAndCompact(log, 6);
            assertTrue(files.list().size() >= 7, () -> files.list().toString());
            growAndCompact(log, 6);
            growAndCompact(log, 6);
            assertTrue(files.list().size() <= 6, () -> files.list().toString());
        }
    }

    private static void growAndCompact(final WriteAheadLog log, final int segments) {
        while (log.segmentCount() < segments) {
            append(log, 1, "some entry");
        }
        log.sync();
        log.compact(log.lastIndex());
        log.sync();
        while (log.poolWork() > 0) {
            continue;
        }
    }

    private static UnwrittenBytes unwrittenBytes(final byte[] content) {
        final ByteBuffer file = ByteBuffer.allocateDirect(content.length);
        file.put(content).clear();
        return new UnwrittenBytes(
                file.duplicate(), SEGMENT, FormerSectors.checksumsOf(file, SEGMENT));
    }
}
