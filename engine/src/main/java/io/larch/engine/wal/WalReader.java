package io.larch.engine.wal;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads a log back when it is opened.
 *
 * <p>Every segment but the last was durable to its end before the next one got its name: a record
 * of it that does not read is damage. In the last segment, a crash may have left any part of what
 * was written after the last sync, in any order. The end of the log is there where the first record
 * does not read, unless that cannot be a crash's doing:
 *
 * <ul>
 *   <li>a later record says that this one was durable when the later one was written, or
 *   <li>the record was written wholly, no sector of it is unwritten ({@link UnwrittenBytes}), and
 *       still its checksum is wrong: a disk writes a sector or leaves what was there before (and
 *       the file was not cut within it).
 * </ul>
 *
 * <p>Then nothing is touched and the log refuses to open. Otherwise all behind the end is zeroed
 * and made durable, so that half a batch of this life never meets a record of the next one.
 */
final class WalReader {
    private final Directory files;
    private final boolean mapForWrite;
    private final WalState state;
    private final CRC32C crc = new CRC32C();
    private final WalRecordFlyweight record = new WalRecordFlyweight();
    private final List<WalSegment> segments = new ArrayList<>();
    private long endPosition;
    private int lastCrc;
    private boolean cut;

    /** Of the last segment. */
    private UnwrittenBytes unwritten;

    /** Bytes that were in the file of the last segment, before it got its length back. */
    private long lengthFound = Long.MAX_VALUE;

    /** Whether checksums of former sectors may have been among what was cut off. */
    private boolean hasLostChecksums;

    WalReader(final Directory files, final boolean mapForWrite, final WalState state) {
        this.files = files;
        this.mapForWrite = mapForWrite;
        this.state = state;
    }

    /** The segments read, oldest first; they are open and mapped. */
    List<WalSegment> segments() {
        return segments;
    }

    /** Position behind the last record. */
    long endPosition() {
        return endPosition;
    }

    /** Checksum of the last record. */
    int lastCrc() {
        return lastCrc;
    }

    /** Whether a torn tail was cut off. */
    boolean wasCut() {
        return cut;
    }

    /**
     * Reads all segments.
     *
     * @param names of the segments, sorted.
     */
    void read(final List<String> names) throws IOException {
        for (int i = 0; i < names.size(); i++) {
            if (i > 0) {
                final long expected = WalSegment.sequenceOf(names.get(i - 1)) + 1;
                if (WalSegment.sequenceOf(names.get(i)) != expected) {
                    throw new WalCorruptException(
                            names.get(i), 0, "the segment in front of it is missing");
                }
            }
            segments.add(open(names.get(i), i + 1 == names.size()));
        }
        for (int i = 0; i < segments.size(); i++) {
            readSegment(segments.get(i), i + 1 < segments.size() ? segments.get(i + 1) : null, i);
        }
        repairTail(segments.get(segments.size() - 1));
        for (final WalSegment segment : segments) {
            // Most of it is in a snapshot already, and not read again.
            segment.remap();
        }
    }

    /** Gives files and mappings back after a failure. */
    void close() {
        for (final WalSegment segment : segments) {
            segment.unmap();
            try {
                segment.file().close();
            } catch (final IOException e) {
                throw new WalFailedException("could not close " + segment.currentName(), e);
            }
        }
        segments.clear();
    }

    /** Opens a segment and checks its first record, but for its place in the chain. */
    private WalSegment open(final String name, final boolean isLast) throws IOException {
        final DiskFile file = files.open(name);
        final long fileLength = file.length();
        final int headerLength =
                WalRecordFlyweight.alignedLength(WalRecordFlyweight.SEGMENT_BODY_LENGTH);
        if (fileLength < headerLength || fileLength > WalContext.MAX_SEGMENT_LENGTH) {
            file.close();
            throw new WalCorruptException(name, 0, "length of the file is " + fileLength);
        }
        final WalSegment whole;
        final ByteBuffer head = file.map(false, headerLength);
        try {
            final ByteBuffer bytes = head.duplicate();
            record.wrap(new UnsafeBuffer(head), 0);
            final String problem = headerProblem(name, bytes);
            if (problem != null) {
                throw new WalCorruptException(name, 0, problem);
            }
            final int length = record.segmentLength();
            final long wholeLength = record.fileLength();
            if (fileLength > FormerSectors.fileLength(length) || fileLength < length && !isLast) {
                throw new WalCorruptException(
                        name,
                        0,
                        "length of the file is " + fileLength + " instead of " + wholeLength);
            }
            final long firstPosition = record.position();
            if (fileLength < wholeLength && isLast) {
                // Somebody cut the file: give it its length back, so that what is gone reads as 0.
                lengthFound = fileLength;
                hasLostChecksums = wholeLength > length;
                ZeroFill.zero(file, fileLength, wholeLength, cutFile -> {});
            }
            whole =
                    new WalSegment(
                            name,
                            WalSegment.sequenceOf(name),
                            WalSegment.firstIndexOf(name),
                            firstPosition,
                            length,
                            file,
                            mapForWrite);
        } catch (final IOException | RuntimeException e) {
            file.close();
            throw e;
        } finally {
            file.unmap(head);
        }
        return whole;
    }

    private String headerProblem(final String name, final ByteBuffer bytes) {
        if (record.length()
                != WalRecordFlyweight.HEADER_LENGTH + WalRecordFlyweight.SEGMENT_BODY_LENGTH) {
            return "not a segment of Larch's log";
        }
        if (WalRecordFlyweight.computeCrc(bytes, 0, record.length(), crc) != record.crc()) {
            return "checksum of the segment's header does not match";
        }
        if (record.type() != WalRecordFlyweight.SEGMENT
                || record.segmentMagic() != WalRecordFlyweight.MAGIC) {
            return "not a segment of Larch's log";
        }
        if (record.segmentVersion() < WalRecordFlyweight.OLDEST_VERSION
                || record.segmentVersion() > WalRecordFlyweight.VERSION) {
            return "format version " + record.segmentVersion() + " is not known";
        }
        if (record.segmentSequence() != WalSegment.sequenceOf(name)
                || record.index() != WalSegment.firstIndexOf(name)) {
            return "the name does not fit the segment's header";
        }
        if (record.segmentLength() < WalContext.MIN_SEGMENT_LENGTH
                || record.segmentLength() > WalContext.MAX_SEGMENT_LENGTH) {
            return "length of the segment is " + record.segmentLength();
        }
        return null;
    }

    private void readSegment(final WalSegment segment, final WalSegment next, final int ordinal) {
        if (ordinal == 0) {
            record.wrap(segment.buffer(), 0);
            state.entries().reset(segment.firstIndex() - 1, record.term());
            lastCrc = record.previousCrc();
            endPosition = segment.firstPosition();
        }
        while (next == null || endPosition < next.firstPosition()) {
            final int offset = segment.offset(endPosition);
            if (!isRecord(segment, offset) || record.previousCrc() != lastCrc) {
                if (next != null) {
                    throw new WalCorruptException(
                            segment.name(), offset, "a record is damaged, and a segment follows");
                }
                return;
            }
            final String problem = offset == 0 ? headerContinues(segment) : state.apply(record);
            if (problem != null) {
                throw new WalCorruptException(segment.name(), offset, problem);
            }
            lastCrc = record.crc();
            endPosition += BitUtil.align(record.length(), WalRecordFlyweight.ALIGNMENT);
        }
        if (endPosition != next.firstPosition()) {
            throw new WalCorruptException(
                    next.name(),
                    0,
                    "begins at position " + next.firstPosition() + " and not at " + endPosition);
        }
        segment.endPosition(endPosition);
    }

    private String headerContinues(final WalSegment segment) {
        return segment.firstIndex() == state.entries().lastIndex() + 1
                ? null
                : "begins with entry "
                        + segment.firstIndex()
                        + " behind entry "
                        + state.entries().lastIndex();
    }

    /** Whether a whole record with a good checksum is there, which is then wrapped. */
    private boolean isRecord(final WalSegment segment, final int offset) {
        return offset + WalRecordFlyweight.HEADER_LENGTH <= segment.length()
                && record.wrap(segment.buffer(), offset).position()
                        == segment.firstPosition() + offset
                && record.problem(segment.view(), segment.length(), crc) == null;
    }

    private void repairTail(final WalSegment segment) throws IOException {
        final int end = segment.offset(endPosition);
        if (end == 0) {
            throw new WalCorruptException(
                    segment.name(), 0, "does not continue the segment in front of it");
        }
        unwritten = unwrittenBytes(segment);
        if (unwritten.nextWritten(end) < segment.length()) {
            refuseWhatNoCrashLeaves(segment, end);
            cut = true;
            zeroDirtyBlocks(segment, end);
        }
        // What was read may be in the page cache only: from now on it counts as durable.
        segment.file().force(true);
        files.sync();
    }

    private static UnwrittenBytes unwrittenBytes(final WalSegment segment) throws IOException {
        final DiskFile file = segment.file();
        final ByteBuffer all = file.map(false, (int) file.length());
        try {
            return new UnwrittenBytes(
                    segment.view().duplicate(),
                    segment.length(),
                    FormerSectors.checksumsOf(all, segment.length()));
        } finally {
            file.unmap(all);
        }
    }

    private void refuseWhatNoCrashLeaves(final WalSegment segment, final int end) {
        if (!looksTorn(segment, end)) {
            throw new WalCorruptException(
                    segment.name(), end, "a record is damaged that was written wholly");
        }
        int offset = unwritten.nextWritten(end);
        while (offset < segment.length()) {
            if (offset > end && isRecord(segment, offset)) {
                final int undurable = record.undurableBytes();
                if (undurable >= 0 && record.position() - undurable > endPosition) {
                    throw new WalCorruptException(
                            segment.name(),
                            end,
                            "a record is damaged or missing that was durable when the one at offset "
                                    + offset
                                    + " was written");
                }
                offset += BitUtil.align(record.length(), WalRecordFlyweight.ALIGNMENT);
            } else {
                offset += WalRecordFlyweight.ALIGNMENT;
            }
            offset = unwritten.nextWritten(offset);
        }
    }

    /** Whether a crash during the write can explain why there is no good record here. */
    private boolean looksTorn(final WalSegment segment, final int offset) {
        final int available = segment.length() - offset;
        if (unwritten.holds(offset, offset + WalRecordFlyweight.ALIGNMENT)) {
            return true;
        }
        if (available < WalRecordFlyweight.HEADER_LENGTH) {
            return false;
        }
        if (unwritten.holds(offset + 8, offset + WalRecordFlyweight.HEADER_LENGTH)) {
            return true;
        }
        final int length = record.wrap(segment.buffer(), offset).length();
        final int end =
                length >= WalRecordFlyweight.HEADER_LENGTH && length <= available
                        ? offset + length
                        : offset + WalRecordFlyweight.HEADER_LENGTH;
        if (end > lengthFound) {
            return true;
        }
        if (hasLostChecksums
                && offset == FormerSectors.nextSector(offset)
                && record.position() != segment.firstPosition() + offset) {
            // The log may well end here, and this be of the former life.
            return true;
        }
        if (isWholeButForItsLength(segment, offset)) {
            return false;
        }
        int from = offset;
        while (from < end) {
            final int to = Math.min(segment.length(), FormerSectors.nextSector(from + 1));
            if (unwritten.holds(from, to)) {
                return true;
            }
            from = to;
        }
        return false;
    }

    /**
     * Whether the checksum would match with another length, one that reaches to what follows. A
     * damaged length must not make the zeros behind the record look like its unwritten sectors.
     */
    private boolean isWholeButForItsLength(final WalSegment segment, final int offset) {
        int end = offset + WalRecordFlyweight.HEADER_LENGTH;
        int offsetBehind = unwritten.nextWritten(end);
        while (offsetBehind < segment.length() && !isRecord(segment, offsetBehind)) {
            end = offsetBehind + WalRecordFlyweight.ALIGNMENT;
            offsetBehind = unwritten.nextWritten(end);
        }
        if (offsetBehind < segment.length()) {
            end = offsetBehind;
        }
        final int expected = record.wrap(segment.buffer(), offset).crc();
        for (int i = 0; i < WalRecordFlyweight.ALIGNMENT; i++) {
            final int length = end - i - offset;
            if (length >= WalRecordFlyweight.HEADER_LENGTH
                    && WalRecordFlyweight.computeCrcAs(segment.view(), offset, length, crc)
                            == expected) {
                return true;
            }
        }
        return false;
    }

    private void zeroDirtyBlocks(final WalSegment segment, final int end) throws IOException {
        int offset = unwritten.nextWritten(end);
        while (offset < segment.length()) {
            final int blockEnd =
                    Math.min(
                            segment.length(),
                            (offset / ZeroFill.BLOCK_LENGTH + 1) * ZeroFill.BLOCK_LENGTH);
            ZeroFill.zero(segment.file(), offset, blockEnd, file -> {});
            offset = unwritten.nextWritten(blockEnd);
        }
    }
}
