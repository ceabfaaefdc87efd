package io.larch.engine.wal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Tells which bytes of a segment were not written since it was begun: they are zero, or lie in a
 * sector as the file's former life left it ({@link FormerSectors}).
 *
 * <p>Owned by one thread.
 */
final class UnwrittenBytes {
    private static final int SCAN_LENGTH = 64 * 1024;

    private final ByteBuffer zeros = ByteBuffer.allocateDirect(SCAN_LENGTH);
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer bytes;
    private final DirectBuffer buffer;
    private final ByteBuffer checksums;
    private final int length;
    private int lastSector = -1;
    private boolean lastIsFormer;

    /**
     * @param bytes of the segment, whose position and limit are moved.
     * @param length bytes that are for records.
     * @param checksums of former sectors.
     */
    UnwrittenBytes(final ByteBuffer bytes, final int length, final ByteBuffer checksums) {
        this.bytes = bytes;
        buffer = new UnsafeBuffer(bytes, 0, length);
        this.length = length;
        this.checksums = checksums;
    }

    /** Whether the sector of this byte is as the file's former life left it. */
    boolean isFormer(final int offset) {
        final int sector = offset / FormerSectors.SECTOR_LENGTH;
        if (sector != lastSector) {
            lastSector = sector;
            lastIsFormer = matches(sector);
        }
        return lastIsFormer;
    }

    private boolean matches(final int sector) {
        final int checksum = checksums.getInt(sector * Integer.BYTES);
        if (checksum == 0) {
            return false;
        }
        final int from = sector * FormerSectors.SECTOR_LENGTH;
        bytes.limit(Math.min(length, from + FormerSectors.SECTOR_LENGTH)).position(from);
        return FormerSectors.checksum(bytes, crc) == checksum;
    }

    /** Whether all bytes of a range are unwritten. */
    boolean holds(final int from, final int to) {
        for (int i = from; i < to; i++) {
            if (buffer.getByte(i) != 0 && !isFormer(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Offset of the first word that was written, from an aligned offset on; the length if there is
     * none.
     */
    int nextWritten(final int from) {
        int offset = from;
        while (offset < length) {
            offset = nextNonZero(offset);
            if (offset == length || !isFormer(offset)) {
                return offset;
            }
            offset = FormerSectors.nextSector(offset + 1);
        }
        return length;
    }

    private int nextNonZero(final int from) {
        int offset = from;
        while (offset < length) {
            final int count = Math.min(SCAN_LENGTH, length - offset);
            zeros.limit(count);
            bytes.limit(offset + count).position(offset);
            final int mismatch = bytes.mismatch(zeros);
            if (mismatch >= 0) {
                return (offset + mismatch) & -WalRecordFlyweight.ALIGNMENT;
            }
            offset += count;
        }
        return length;
    }
}
