package io.larch.engine.snapshot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * View over a chunk of a snapshot file: as many whole records as fit, each behind its length. The
 * trailer and the head of a section are chunks too. Little endian.
 *
 * <pre>
 *   0        4               8         12             16
 *   +--------+---------------+---------+--------------+------------------------------------
 *   | crc32c | previousCrc32c| length  | recordCount  | { recordLength 4, record } ...
 *   +--------+---------------+---------+--------------+------------------------------------
 *
 *   trailer: recordCount is -1, the body is { records in the file 8, bytes in front of the trailer 8 }
 *   section: recordCount is -2, the body is { version 4, name }; records up to the next are its own
 * </pre>
 *
 * <p>{@code length} is that of the body. The checksum covers all behind itself, and the previous
 * checksum (of the header in the first chunk) ties the chunks together.
 */
final class SnapshotChunkFlyweight {
    static final int CRC32C_OFFSET = 0;
    static final int PREVIOUS_CRC32C_OFFSET = 4;
    static final int LENGTH_OFFSET = 8;
    static final int RECORD_COUNT_OFFSET = 12;
    static final int HEADER_LENGTH = 16;
    static final int TRAILER = -1;
    static final int SECTION = -2;
    static final int SECTION_NAME_OFFSET = HEADER_LENGTH + Integer.BYTES;
    static final int MAX_SECTION_NAME_LENGTH = 64;
    static final int TRAILER_BODY_LENGTH = 16;
    static final int RECORD_HEADER_LENGTH = 4;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private UnsafeBuffer buffer;

    SnapshotChunkFlyweight wrap(final UnsafeBuffer buffer) {
        this.buffer = buffer;
        return this;
    }

    /**
     * Fills the header of a chunk whose body is in place.
     *
     * @return the checksum.
     */
    int seal(
            final ByteBuffer bytes,
            final int length,
            final int recordCount,
            final int previousCrc,
            final CRC32C crc) {
        buffer.putInt(PREVIOUS_CRC32C_OFFSET, previousCrc, ORDER);
        buffer.putInt(LENGTH_OFFSET, length, ORDER);
        buffer.putInt(RECORD_COUNT_OFFSET, recordCount, ORDER);
        final int value = computeCrc(bytes, length, crc);
        buffer.putInt(CRC32C_OFFSET, value, ORDER);
        return value;
    }

    /** The checksum a chunk with a body of this length should have. */
    static int computeCrc(final ByteBuffer bytes, final int length, final CRC32C crc) {
        crc.reset();
        bytes.limit(HEADER_LENGTH + length).position(PREVIOUS_CRC32C_OFFSET);
        crc.update(bytes);
        return (int) crc.getValue();
    }

    int crc() {
        return buffer.getInt(CRC32C_OFFSET, ORDER);
    }

    int previousCrc() {
        return buffer.getInt(PREVIOUS_CRC32C_OFFSET, ORDER);
    }

    int length() {
        return buffer.getInt(LENGTH_OFFSET, ORDER);
    }

    int recordCount() {
        return buffer.getInt(RECORD_COUNT_OFFSET, ORDER);
    }

    int recordLength(final int offset) {
        return buffer.getInt(offset, ORDER);
    }

    void recordLength(final int offset, final int length) {
        buffer.putInt(offset, length, ORDER);
    }

    void trailer(final long records, final long bytesInFront) {
        buffer.putLong(HEADER_LENGTH, records, ORDER);
        buffer.putLong(HEADER_LENGTH + 8, bytesInFront, ORDER);
    }

    long trailerRecords() {
        return buffer.getLong(HEADER_LENGTH, ORDER);
    }

    long trailerBytesInFront() {
        return buffer.getLong(HEADER_LENGTH + 8, ORDER);
    }

    /** Writes the body of a section's head, and returns its length. */
    int section(final String name, final int version) {
        buffer.putInt(HEADER_LENGTH, version, ORDER);
        return Integer.BYTES + buffer.putStringWithoutLengthAscii(SECTION_NAME_OFFSET, name);
    }

    int sectionVersion() {
        return buffer.getInt(HEADER_LENGTH, ORDER);
    }

    String sectionName() {
        return buffer.getStringWithoutLengthAscii(SECTION_NAME_OFFSET, length() - Integer.BYTES);
    }
}
