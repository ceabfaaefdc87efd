package io.larch.engine.wal;

import io.larch.engine.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.agrona.BitUtil;

/**
 * Checksums of what the sectors of a reused file hold from its former life, four bytes each behind
 * the room for records, so that it need not be filled with zeros: a sector that still has its
 * checksum was not written since. A checksum of 0 says nothing; a new file has only those.
 *
 * <p>A disk writes a sector or leaves what was there before. So they tell what a crash tore from
 * what was damaged later, as zeros do in a new file.
 */
final class FormerSectors {
    static final int SECTOR_LENGTH = 512;

    private static final int SECTORS_A_PORTION = 128;
    private static final int PORTION_LENGTH = SECTORS_A_PORTION * SECTOR_LENGTH;
    private static final int PORTIONS_AT_ONCE = 64;

    private FormerSectors() {}

    /** Bytes that the checksums take. */
    static int length(final int segmentLength) {
        return (segmentLength + SECTOR_LENGTH - 1) / SECTOR_LENGTH * Integer.BYTES;
    }

    /** Bytes of a whole file: records, and checksums behind them. */
    static long fileLength(final int segmentLength) {
        return (long) segmentLength + length(segmentLength);
    }

    /** Where the sector begins that comes next, or that begins here. */
    static int nextSector(final int offset) {
        return BitUtil.align(offset, SECTOR_LENGTH);
    }

    /** Never 0, which is nobody's. */
    static int checksum(final ByteBuffer sector, final CRC32C crc) {
        crc.reset();
        crc.update(sector);
        final int value = (int) crc.getValue();
        return value == 0 ? 1 : value;
    }

    /**
     * Writes down what the file holds now. The caller syncs, before anything else is written.
     *
     * <p>From its end to its start: of a file that is read forwards and is not in memory any more
     * Linux makes folios of up to 2 MB (ext4 since 6.16, XFS since 5.18), of which later a store of
     * a few bytes through a mapping dirties all.
     *
     * @param segmentLength bytes that are for records, a multiple of the sectors' length.
     */
    static void writeDown(
            final DiskFile file, final int segmentLength, final ZeroFill.Interlude interlude)
            throws IOException {
        final CRC32C crc = new CRC32C();
        final ByteBuffer sectors = ByteBuffer.allocateDirect(PORTION_LENGTH);
        final ByteBuffer checksums =
                ByteBuffer.allocateDirect(SECTORS_A_PORTION * Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        int position = (segmentLength - 1) / PORTION_LENGTH * PORTION_LENGTH;
        for (int portion = 1; position >= 0; portion++) {
            sectors.clear().limit(Math.min(sectors.capacity(), segmentLength - position));
            readFully(file, sectors, position);
            checksums.clear();
            final int length = sectors.limit();
            for (int at = 0; at < length; at += SECTOR_LENGTH) {
                sectors.limit(at + SECTOR_LENGTH).position(at);
                checksums.putInt(checksum(sectors, crc));
            }
            checksums.flip();
            writeFully(file, checksums, segmentLength + length(position));
            position -= PORTION_LENGTH;
            if (portion % PORTIONS_AT_ONCE == 0) {
                interlude.afterPortion(file);
            }
        }
    }

    /**
     * The checksums of a file, copied; those that it does not have are 0.
     *
     * @param file all of it.
     */
    static ByteBuffer checksumsOf(final ByteBuffer file, final int segmentLength) {
        final ByteBuffer checksums =
                ByteBuffer.allocate(length(segmentLength)).order(ByteOrder.LITTLE_ENDIAN);
        final int end = Math.min(file.capacity(), (int) fileLength(segmentLength));
        if (end > segmentLength) {
            checksums.put(file.duplicate().limit(end).position(segmentLength));
        }
        return checksums.clear();
    }

    private static void readFully(final DiskFile file, final ByteBuffer target, final long from)
            throws IOException {
        while (target.hasRemaining()) {
            if (file.read(target, from + target.position()) <= 0) {
                throw new IOException("the file ends at " + (from + target.position()));
            }
        }
    }

    private static void writeFully(final DiskFile file, final ByteBuffer source, final long to)
            throws IOException {
        while (source.hasRemaining()) {
            if (file.write(source, to + source.position()) <= 0) {
                throw new IOException("nothing could be written");
            }
        }
    }
}
