package io.larch.engine.wal;

import static io.larch.engine.wal.WriteAheadLogTest.append;
import static io.larch.engine.wal.WriteAheadLogTest.entries;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A small log, damaged at every byte: what opens is the exact log, or what a cut has left of it, or
 * it is refused.
 */
class WalDamageTest {
    static final int SEGMENT = 4096;
    private static final int SECTOR = 512;

    /** One bit, several, all; not a divisor of what records are aligned to. */
    private static final int[] MASKS = {0x01, 0x40, 0x80, 0x3C, 0xFF};

    final SimulatedDirectory disk = new SimulatedDirectory();
    private List<String> all;
    private String first;
    private String last;

    /** Offsets in the last segment where a record ends, and how many entries there are then. */
    private final List<int[]> ends = new ArrayList<>();

    private int lastSyncedBatch;

    @BeforeEach
    void writeTwoSegments() {
        try (WriteAheadLog log = open(disk)) {
            log.saveHardState(1, 1, 0);
            beforeTwoSegments(log);
            final int segments = log.segmentCount();
            assertEquals(1, segments);
            int i = 0;
            while (log.segmentCount() == segments) {
                append(log, 1, "entry number " + ++i);
                if (i % 3 == 0) {
                    log.sync();
                }
            }
            log.sync();
            final long start = log.position();
            final int used = (int) (start - firstPosition(disk.get(disk.segmentNames().get(1))));
            ends.add(new int[] {used, i});
            for (int batch = 0; batch < 6; batch++) {
                lastSyncedBatch = used + (int) (log.position() - start);
                for (int k = 0; k < 4; k++) {
                    append(log, 2, "entry " + "x".repeat(i % 40) + ++i);
                    ends.add(new int[] {used + (int) (log.position() - start), i});
                }
                log.sync();
            }
            all = entries(log);
        }
        first = disk.segmentNames().get(0);
        last = disk.segmentNames().get(1);
        assertEquals(2, disk.segmentNames().size());
    }

    /** What the log goes through first; it leaves one segment, and no entry in it. */
    void beforeTwoSegments(final WriteAheadLog log) {}

    /** As the record at the beginning of a segment tells it. */
    static long firstPosition(final byte[] content) {
        return new UnsafeBuffer(content).getLong(WalRecordFlyweight.POSITION_OFFSET);
    }

    private int usedInFirst() {
        return (int) (firstPosition(disk.get(last)) - firstPosition(disk.get(first)));
    }

    private int usedInLast() {
        return ends.get(ends.size() - 1)[0];
    }

    static WriteAheadLog open(final SimulatedDirectory files) {
        return WriteAheadLog.open(
                new WalContext()
                        .files(files)
                        .segmentLengthBytes(SEGMENT)
                        .firstSegmentLengthBytes(SEGMENT)
                        .stagingLengthBytes(4096)
                        .walsAsNeeded(true)
                        .ownThreads(false));
    }

    private SimulatedDirectory with(final String name, final byte[] content) {
        final SimulatedDirectory copy = disk.copy();
        copy.put(name, content);
        return copy;
    }

    /** The entries read, or null when the log was refused. A log that opens must also go on. */
    private static List<String> outcome(final SimulatedDirectory files, final String damaged) {
        final List<String> entries;
        try (WriteAheadLog log = open(files)) {
            entries = entries(log);
            append(log, 9, "afterwards");
        } catch (final WalCorruptException e) {
            assertEquals(damaged, e.file());
            return null;
        }
        try (WriteAheadLog log = open(files)) {
            final List<String> again = entries(log);
            assertEquals(entries, again.subList(0, again.size() - 1));
            assertTrue(again.get(again.size() - 1).endsWith("@9 afterwards"));
        }
        return entries;
    }

    private int entriesBefore(final int offset) {
        int count = 0;
        for (final int[] end : ends) {
            if (end[0] <= offset) {
                count = end[1];
            }
        }
        return count;
    }

    @Test
    void shouldKeepWhatIsInFrontOfACutAtAnyByte() {
        final byte[] content = disk.get(last);
        for (int cut = 0; cut < content.length; cut++) {
            final List<String> entries = outcome(with(last, Arrays.copyOf(content, cut)), last);
            if (cut < ends.get(0)[0]) {
                assertTrue(entries == null || entries.size() <= ends.get(0)[1], "cut at " + cut);
            } else {
                // The padding of the last record may be gone, but nothing of what it says.
                final int expected = Math.max(entriesBefore(cut), entriesBefore(cut + 7));
                assertTrue(
                        entries.size() == entriesBefore(cut) || entries.size() == expected,
                        "cut at " + cut);
                assertEquals(all.subList(0, entries.size()), entries);
            }
        }
    }

    @Test
    void shouldRefuseAnyFlippedByteOrReadAll() {
        final byte[] content = disk.get(last);
        for (int at = 0; at < content.length; at++) {
            final int mask = MASKS[at % MASKS.length];
            final byte[] flipped = content.clone();
            flipped[at] ^= (byte) mask;
            final List<String> entries = outcome(with(last, flipped), last);
            assertTrue(
                    entries == null || entries.equals(all),
                    "flipped at " + at + " with " + mask + ": " + entries);
        }
    }

    @Test
    @Tag("slow")
    void shouldRefuseDamageInAnEarlierSegment() {
        final byte[] content = disk.get(first);
        final int used = usedInFirst();
        for (int at = 0; at < used; at++) {
            final byte[] flipped = content.clone();
            flipped[at] ^= 0x20;
            final List<String> entries = outcome(with(first, flipped), first);
            assertTrue(entries == null || entries.equals(all), "flipped at " + at);
        }
        assertThrows(
                WalCorruptException.class,
                () -> open(with(first, Arrays.copyOf(content, used - 8))));
    }

    @Test
    void shouldKeepAPrefixOrRefuseWhenTheRestOfASectorIsZero() {
        final byte[] content = disk.get(last);
        final int used = usedInLast();
        for (int from = 0; from < used; from++) {
            final byte[] zeroed = content.clone();
            Arrays.fill(zeroed, from, (from / SECTOR + 1) * SECTOR, (byte) 0);
            final List<String> entries = outcome(with(last, zeroed), last);
            if (from < ends.get(0)[0]) {
                assertEquals(null, entries, "zeroed from " + from);
            } else if (entries != null) {
                assertEquals(all.subList(0, entries.size()), entries, "zeroed from " + from);
                final boolean inLastBatch = entriesBefore(from) >= entriesBefore(lastSyncedBatch);
                final boolean toTheEnd = (from / SECTOR + 1) * SECTOR >= used;
                assertTrue(
                        inLastBatch || toTheEnd || entries.equals(all),
                        "lost durable entries silently, zeroed from " + from);
                assertTrue(entries.size() >= entriesBefore(from), "zeroed from " + from);
            }
        }
    }

    @Test
    void shouldRefuseAGapInTheSequence() {
        try (WriteAheadLog log = open(disk)) {
            while (log.segmentCount() < 4) {
                append(log, 3, "more");
            }
        }
        final SimulatedDirectory copy = disk.copy();
        copy.delete(copy.segmentNames().get(1));
        assertThrows(WalCorruptException.class, () -> open(copy));
    }

    @Test
    void shouldRefuseASegmentOfAnotherLog() {
        final SimulatedDirectory copy = new SimulatedDirectory();
        copy.put("0000000000000001-0000000000000001.wal", new byte[SEGMENT]);
        final WalCorruptException refused =
                assertThrows(WalCorruptException.class, () -> open(copy));
        assertEquals(0, refused.offset());
        final SimulatedDirectory renamed = new SimulatedDirectory();
        renamed.put(WalSegment.name(5, 5), disk.get(first));
        assertThrows(WalCorruptException.class, () -> open(renamed));
    }

    @Test
    void shouldCutABatchOfWhichOnlyLaterSectorsReachedTheDisk() {
        final SimulatedDirectory copy = disk.copy();
        final byte[] before = copy.get(last);
        final int used = usedInLast();
        try (WriteAheadLog log = open(copy)) {
            for (int i = 0; i < 20; i++) {
                append(log, 4, "unsynced " + i);
            }
            log.flush();
        }
        final byte[] after = copy.get(last);
        // The sector with the start of the batch never made it, those behind it did.
        final int sector = used / SECTOR * SECTOR;
        System.arraycopy(before, sector, after, sector, SECTOR);
        assertEquals(all, outcome(with(last, after), last));
    }
}
