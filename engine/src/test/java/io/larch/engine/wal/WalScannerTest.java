package io.larch.engine.wal;

import static io.larch.engine.wal.WriteAheadLogTest.append;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalScannerTest {
    @TempDir Path directory;

    @Test
    void shouldReadOneOfEach() {
        try (WriteAheadLog log = open()) {
            log.memberMeta(0xabc, 0x123, new UnsafeBuffer(new byte[3]), 0, 3);
            log.saveHardState(2, 0x123, 0);
            append(log, 2, "body");
            append(log, 2, "more");
            log.truncateFrom(2);
            log.compact(1);
            log.resetTo(9, 4);
            log.sync();

            // Beside the log that has it open.
            assertEquals(
                    List.of(
                            "0 segment 1/0",
                            "64 meta 291/2748",
                            "112 hardState 0/2",
                            "160 entry 1/2",
                            "208 entry 2/2",
                            "256 truncate 2/2",
                            "296 compact 1/2",
                            "336 reset 9/4",
                            "376 end"),
                    read(only()));
        }
    }

    @Test
    void shouldSayWhereAndWhyASegmentEndsAndLeaveItAlone() throws IOException {
        writeTwo();
        final byte[] content = Files.readAllBytes(only());
        content[4095] = 1;
        Files.write(only(), content);
        assertEquals("160 end: followed by stray bytes", last(read(only())));
        content[120] ^= 1;
        Files.write(only(), content);

        assertEquals("112 end: checksum does not match", last(read(only())));
        assertArrayEquals(content, Files.readAllBytes(only()));
    }

    @Test
    void shouldTellWhatAFormerLifeLeftFromStrayBytes() throws IOException {
        try (WriteAheadLog log = open()) {
            while (log.segmentCount() < 3) {
                append(log, 1, "an entry of the former life");
            }
            log.sync();
            log.compact(log.lastIndex());
            log.sync();
            while (log.segmentCount() < 3) {
                append(log, 1, "an entry of the next one");
            }
        }
        final List<Path> segments = WalScanner.segments(directory);
        for (final Path segment : segments) {
            assertTrue(last(read(segment)).endsWith(" end"), () -> last(read(segment)));
        }
        final Path reused = segments.get(segments.size() - 1);
        final byte[] content = Files.readAllBytes(reused);
        final int end = 2048;
        assertTrue(content[end] != 0, "nothing was left");
        content[end] ^= 1;
        Files.write(reused, content);
        assertTrue(last(read(reused)).endsWith(" end: followed by stray bytes"));
    }

    /** One whose checksum is right all the same. */
    @Test
    void shouldReadASegmentThatSaysItHasNoLength() throws IOException {
        writeTwo();
        final byte[] content = Files.readAllBytes(only());
        final ByteBuffer bytes = ByteBuffer.allocateDirect(content.length).put(content).clear();
        final UnsafeBuffer head = new UnsafeBuffer(bytes);
        final int length =
                WalRecordFlyweight.HEADER_LENGTH + WalRecordFlyweight.SEGMENT_BODY_LENGTH;
        head.putInt(
                WalRecordFlyweight.HEADER_LENGTH + WalRecordFlyweight.SEGMENT_LENGTH_OFFSET, -8);
        WalRecordFlyweight.seal(head, bytes.duplicate(), 0, length, new CRC32C());
        head.getBytes(0, content);
        Files.write(only(), content);

        assertEquals("64 end: does not follow the record in front of it", last(read(only())));
    }

    @Test
    void shouldNotTakeAnotherFileForASegment() throws IOException {
        final Path other = directory.resolve("other");
        Files.write(other, new byte[0]);
        assertEquals(List.of("0 end"), read(other));
        Files.write(other, "something else, and longer than the header of a record".getBytes());
        assertEquals(List.of("0 end: its length cannot be"), read(other));
    }

    @Test
    void shouldSeeThatASegmentContinuesTheOneInFront() throws IOException {
        try (WriteAheadLog log = open()) {
            for (int i = 0; i < 200; i++) {
                append(log, 1, "a body that fills some segments after a while");
            }
        }
        final List<Path> segments = WalScanner.segments(directory);
        assertTrue(segments.size() >= 3, segments::toString);
        try (WalScanner first = WalScanner.open(segments.get(0))) {
            assertEquals(null, end(first));
            try (WalScanner second = WalScanner.open(segments.get(1), first)) {
                assertEquals(null, end(second));
            }
            try (WalScanner third = WalScanner.open(segments.get(2), first)) {
                assertEquals("does not continue " + segments.get(0).getFileName(), end(third));
                assertEquals(0, third.offset());
            }
        }
    }

    @Test
    void shouldTellWhetherAMemberHasGotThroughItsFirstStart() {
        try (WriteAheadLog log = open()) {
            log.saveHardState(1, 0, 0);
            log.sync();
            assertEquals(false, WalProbe.knowsCommit(only()));
            append(log, 1, "body");
            log.saveHardState(1, 0, 1);
            log.sync();
            assertEquals(true, WalProbe.knowsCommit(only()));
        }
    }

    private WriteAheadLog open() {
        return WriteAheadLog.open(
                new WalContext()
                        .directory(directory)
                        .segmentLengthBytes(4096)
                        .firstSegmentLengthBytes(4096)
                        .ownThreads(false));
    }

    private void writeTwo() {
        try (WriteAheadLog log = open()) {
            append(log, 1, "body");
            append(log, 1, "more");
        }
    }

    private Path only() {
        final List<Path> segments = WalScanner.segments(directory);
        assertEquals(1, segments.size());
        return segments.get(0);
    }

    private static List<String> read(final Path segment) {
        final List<String> lines = new ArrayList<>();
        try (WalScanner scanner = WalScanner.open(segment)) {
            while (scanner.next()) {
                final WalRecordFlyweight record = scanner.record();
                assertNull(scanner.problem());
                lines.add(
                        "%d %s %d/%d"
                                .formatted(
                                        scanner.offset(),
                                        record.typeName(),
                                        record.index(),
                                        record.term()));
            }
            final String why = scanner.problem() == null ? "" : ": " + scanner.problem();
            lines.add(scanner.offset() + " end" + why);
        }
        return lines;
    }

    private static String end(final WalScanner scanner) {
        while (scanner.next()) {
            assertNull(scanner.problem());
        }
        return scanner.problem();
    }

    private static String last(final List<String> lines) {
        return lines.get(lines.size() - 1);
    }
}
