package io.larch.engine.wal;

import static io.larch.engine.wal.WalRecordFlyweight.ALIGNMENT;
import static io.larch.engine.wal.WalRecordFlyweight.HEADER_LENGTH;
import static io.larch.engine.wal.WalRecordFlyweight.alignedLength;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The growing end of the stream: chains records and gets them into the current segment, by stores
 * into its mapping or by way of a staging buffer that is written as a whole.
 *
 * <p>Owned by the engine's thread. After a failed write the log is dead.
 */
final class RecordAppender {
    private final boolean isMapped;
    private final int stagingLength;
    private final WalSyncer syncer;
    private final CRC32C crc = new CRC32C();
    private final UnsafeBuffer staging = new UnsafeBuffer(0, 0);
    private ByteBuffer stagingMemory;
    private ByteBuffer stagingView;
    private WalSegment segment;
    private long position;
    private long stagedPosition;
    private int previousCrc;
    private int capacity;

    RecordAppender(final boolean isMapped, final int stagingLength, final WalSyncer syncer) {
        this.isMapped = isMapped;
        this.stagingLength = stagingLength;
        this.syncer = syncer;
        if (!isMapped) {
            allocateStaging(stagingLength);
        }
    }

    /** Goes on behind the last record of a log that was read. */
    void resume(final WalSegment segment, final long position, final int previousCrc) {
        this.segment = segment;
        this.position = position;
        this.stagedPosition = position;
        this.previousCrc = previousCrc;
    }

    /** Goes on in a new segment; nothing may be staged. */
    void segment(final WalSegment segment) {
        this.segment = segment;
    }

    /** Bytes ever appended. */
    long position() {
        return position;
    }

    /** Bytes left in the current segment. */
    int room() {
        return segment.length() - segment.offset(position);
    }

    /** Lays the flyweight over a record that is not in its segment yet. */
    boolean findStaged(final long recordPosition, final WalRecordFlyweight record) {
        if (recordPosition < stagedPosition) {
            return false;
        }
        record.wrap(staging, (int) (recordPosition - stagedPosition));
        return true;
    }

    /**
     * Puts a record at the end of the current segment, where there is room for it.
     *
     * @return its position.
     */
    long put(
            final byte type,
            final byte kind,
            final long term,
            final long index,
            final DirectBuffer body,
            final int offset,
            final int length) {
        final int aligned = alignedLength(length);
        final long undurable = position - syncer.durablePosition();
        final UnsafeBuffer target;
        final ByteBuffer view;
        final int at;
        if (isMapped) {
            target = segment.buffer();
            view = segment.view();
            at = segment.offset(position);
            clearSectors(target, at, at + aligned);
        } else {
            makeRoom(aligned);
            target = staging;
            view = stagingView;
            at = (int) (position - stagedPosition);
            // Bytes of an earlier batch must not get between two records.
            target.putLong(at + aligned - ALIGNMENT, 0);
        }
        WalRecordFlyweight.encode(
                target, at, type, kind, undurable, previousCrc, position, term, index);
        target.putBytes(at + HEADER_LENGTH, body, offset, length);
        previousCrc = WalRecordFlyweight.seal(target, view, at, HEADER_LENGTH + length, crc);
        final long recordPosition = position;
        position += aligned;
        if (isMapped) {
            stagedPosition = position;
        }
        return recordPosition;
    }

    /**
     * Fills the sectors that a range begins with zeros: a sector that holds records holds nothing
     * of the file's former life any more.
     */
    private void clearSectors(final UnsafeBuffer target, final int from, final int to) {
        final int start = FormerSectors.nextSector(from);
        final int end = Math.min(FormerSectors.nextSector(to), segment.length());
        if (end > start) {
            target.setMemory(start, end - start, (byte) 0);
        }
    }

    /** Writes what is staged into the segment, and zeros to the end of the sector. */
    void flush() {
        final int staged = (int) (position - stagedPosition);
        if (staged == 0) {
            return;
        }
        final int from = segment.offset(stagedPosition);
        final int to = from + staged;
        final int end = Math.min(FormerSectors.nextSector(to), segment.length());
        staging.setMemory(staged, end - to, (byte) 0);
        stagingMemory.clear().limit(end - from);
        long at = from;
        try {
            while (stagingMemory.hasRemaining()) {
                final int written = segment.file().write(stagingMemory, at);
                if (written <= 0) {
                    throw new IOException("nothing could be written");
                }
                at += written;
            }
        } catch (final IOException e) {
            throw syncer.fail("write failed", e);
        }
        stagedPosition = position;
        if (capacity > stagingLength) {
            allocateStaging(stagingLength);
        }
    }

    private void makeRoom(final int length) {
        if (position - stagedPosition + length <= capacity) {
            return;
        }
        flush();
        if (length > capacity) {
            allocateStaging(length);
        }
    }

    private void allocateStaging(final int length) {
        free();
        capacity = length;
        stagingMemory = ByteBuffer.allocateDirect(length + FormerSectors.SECTOR_LENGTH);
        stagingView = stagingMemory.duplicate();
        staging.wrap(stagingMemory);
    }

    void free() {
        if (stagingMemory != null) {
            BufferUtil.free(stagingMemory);
            stagingMemory = null;
        }
    }
}
