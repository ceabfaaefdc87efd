package io.larch.engine.wal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32C;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads the records of one segment in order and says where they end, and why. Only reads: it takes
 * no lock, repairs nothing and may look at a damaged log, and at the log of a running member. What
 * such a member writes meanwhile may be seen in part: then the last record reads as damaged, and is
 * whole on a second look.
 *
 * <p>Owned by one thread.
 */
public final class WalScanner implements AutoCloseable {
    private final Path path;
    private final long fileLength;
    private final ByteBuffer mapping;
    private final ByteBuffer view;
    private final UnsafeBuffer buffer;
    private final CRC32C crc = new CRC32C();
    private final WalRecordFlyweight record = new WalRecordFlyweight();
    private final UnwrittenBytes unwritten;
    private final int end;
    private final String isBehind;
    private long expectedPosition;
    private int expectedCrc;
    private boolean isChained;
    private int offset;
    private int nextOffset;
    private String problem;

    private WalScanner(final Path path, final FileChannel channel, final WalScanner before)
            throws IOException {
        this.path = path;
        fileLength = channel.size();
        final long length =
                Math.min(fileLength, FormerSectors.fileLength(WalContext.MAX_SEGMENT_LENGTH));
        mapping = channel.map(FileChannel.MapMode.READ_ONLY, 0, length);
        view = mapping.duplicate();
        buffer = new UnsafeBuffer(mapping);
        end = recordsEnd();
        unwritten =
                new UnwrittenBytes(
                        mapping.duplicate(), end, FormerSectors.checksumsOf(mapping, end));
        isBehind = before == null ? null : String.valueOf(before.path.getFileName());
        if (before != null) {
            isChained = true;
            expectedPosition = before.expectedPosition;
            expectedCrc = before.expectedCrc;
        }
    }

    /**
     * Opens a segment by itself.
     *
     * @throws UncheckedIOException when it cannot be read.
     */
    public static WalScanner open(final Path segment) {
        return open(segment, null);
    }

    /**
     * Opens a segment.
     *
     * @param before the segment in front of it, read to its end; null: none is known.
     * @throws UncheckedIOException when it cannot be read.
     */
    public static WalScanner open(final Path segment, final WalScanner before) {
        try {
            // To open a pipe would wait for whoever writes to it.
            if (Files.exists(segment) && !Files.isRegularFile(segment)) {
                throw new FileSystemException(segment.toString(), null, "is no file");
            }
            try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ)) {
                return new WalScanner(segment, channel, before);
            }
        } catch (final FileSystemException e) {
            throw new UncheckedIOException(e);
        } catch (final IOException e) {
            throw new UncheckedIOException(new IOException(segment + ": " + e.getMessage(), e));
        }
    }

    /**
     * The segments of a directory in their order.
     *
     * @throws UncheckedIOException when it cannot be read.
     */
    public static List<Path> segments(final Path directory) {
        final List<Path> segments = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (final Path file : files) {
                if (WalSegment.isName(file.getFileName().toString())) {
                    segments.add(file);
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        Collections.sort(segments);
        return segments;
    }

    /** Where a segment has its place among the others, as its name tells; without a gap. */
    public static long sequence(final Path segment) {
        return WalSegment.sequenceOf(segment.getFileName().toString());
    }

    /** The first entry written behind the start of a segment, as its name tells. */
    public static long firstIndex(final Path segment) {
        return WalSegment.firstIndexOf(segment.getFileName().toString());
    }

    /** Moves to the next record; false at the end. */
    public boolean next() {
        if (problem != null) {
            return false;
        }
        offset = nextOffset;
        if (offset + WalRecordFlyweight.HEADER_LENGTH > end || isUnwritten(offset)) {
            problem = unwritten.nextWritten(offset) == end ? null : "followed by stray bytes";
            return false;
        }
        problem = record.wrap(buffer, offset).problem(view, end, crc);
        if (problem == null) {
            problem = offset == 0 ? headProblem() : null;
        }
        if (problem == null && isChained && !isInPlace()) {
            problem =
                    offset == 0
                            ? "does not continue " + isBehind
                            : "does not follow the record in front of it";
        }
        if (problem != null) {
            return false;
        }
        final int length = BitUtil.align(record.length(), WalRecordFlyweight.ALIGNMENT);
        isChained = true;
        expectedCrc = record.crc();
        expectedPosition = record.position() + length;
        nextOffset = offset + length;
        return true;
    }

    private boolean isInPlace() {
        return record.previousCrc() == expectedCrc && record.position() == expectedPosition;
    }

    private String headProblem() {
        if (record.type() != WalRecordFlyweight.SEGMENT
                || record.bodyLength() != WalRecordFlyweight.SEGMENT_BODY_LENGTH
                || record.segmentMagic() != WalRecordFlyweight.MAGIC) {
            return "not a segment of Larch's log";
        }
        return null;
    }

    /** The record that {@link #next} found; valid until it is called again, and until close. */
    public WalRecordFlyweight record() {
        return record;
    }

    /** Where in the file that record begins; after the last one, where the records end. */
    public int offset() {
        return offset;
    }

    /**
     * Why the records end here; null when it is as a good segment ends: with what was not written,
     * or the file.
     */
    public String problem() {
        return problem;
    }

    /**
     * Bytes that the file must have at least, as the record at its start tells; 0: that does not
     * read.
     */
    public int segmentLength() {
        return isHeadGood() ? record.segmentLength() : 0;
    }

    private boolean isHeadGood() {
        return record.wrap(buffer, 0).problem(view, buffer.capacity(), crc) == null
                && headProblem() == null;
    }

    /** Where the room for records ends: behind it, or behind the file, is no more of them. */
    private int recordsEnd() {
        return isHeadGood() && record.segmentLength() >= WalContext.MIN_SEGMENT_LENGTH
                ? Math.min(record.segmentLength(), buffer.capacity())
                : buffer.capacity();
    }

    /** Bytes in the file. */
    public long fileLength() {
        return fileLength;
    }

    @Override
    public void close() {
        BufferUtil.free(mapping);
    }

    private boolean isUnwritten(final int word) {
        return unwritten.holds(word, word + WalRecordFlyweight.ALIGNMENT);
    }
}
