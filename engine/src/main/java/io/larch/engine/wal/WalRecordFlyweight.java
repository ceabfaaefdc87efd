package io.larch.engine.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * View over one record of a WAL segment. Little endian; records start at multiples of 8 bytes and
 * what lies between two of them is zero.
 *
 * <pre>
 *   0        4        8      9      10            12          16           24         32          40
 *   +--------+--------+------+------+-------------+-----------+------------+----------+-----------+------
 *   | crc32c | length | type | kind | undurable/8 | prevCrc32c| position   | term     | index     | body
 *   +--------+--------+------+------+-------------+-----------+------------+----------+-----------+------
 * </pre>
 *
 * <ul>
 *   <li>{@code crc32c}: over everything from {@code length} to the end of the body. It and the
 *       length are one word, stored last: a record whose first word is 0 is not there.
 *   <li>{@code length}: of header and body, without padding.
 *   <li>{@code undurable}: how many bytes in front of this record were not known to be durable when
 *       it was written; {@link #UNKNOWN_UNDURABLE} when too many. It lets recovery tell what a
 *       crash may have left behind from damage to what a sync had covered.
 *   <li>{@code prevCrc32c}: the checksum of the record in front, across segments too.
 *   <li>{@code position}: of this record in the stream. Bytes of a former life of a reused file
 *       carry another position and never pass for records.
 * </ul>
 *
 * What term, index and body hold, by type:
 *
 * <pre>
 *   SEGMENT     term of index - 1 | index of the next entry | magic 8, version 4, segment length 4, sequence 8
 *   ENTRY       term              | index                   | body of the entry; kind as in EntryKind
 *   HARD_STATE  term              | commit index            | voted for 8
 *   TRUNCATE    term of index - 1 | first index removed     |
 *   COMPACT     term of index     | last index forgotten    |
 *   RESET       term of snapshot  | index of snapshot       |
 *   META        cluster id        | member id               | opaque
 * </pre>
 *
 * <p>Not threadsafe. The wrapped buffer stays owned by its owner. Written in this package only.
 */
public final class WalRecordFlyweight {
    public static final byte SEGMENT = 1;
    public static final byte ENTRY = 2;
    public static final byte HARD_STATE = 3;
    public static final byte TRUNCATE = 4;
    public static final byte COMPACT = 5;
    public static final byte RESET = 6;
    public static final byte META = 7;

    static final int CRC32C_OFFSET = 0;
    static final int LENGTH_OFFSET = 4;
    static final int TYPE_OFFSET = 8;
    static final int KIND_OFFSET = 9;
    static final int UNDURABLE_OFFSET = 10;
    static final int PREVIOUS_CRC32C_OFFSET = 12;
    static final int POSITION_OFFSET = 16;
    static final int TERM_OFFSET = 24;
    static final int INDEX_OFFSET = 32;
    static final int HEADER_LENGTH = 40;

    static final int ALIGNMENT = 8;
    static final int UNKNOWN_UNDURABLE = 0xFFFF;

    /** Layout of the body of a SEGMENT record. */
    static final long MAGIC = 0x4C4157484352414CL; // "LARCHWAL"

    /** Since 3 checksums of former sectors lie behind the room for records. */
    static final int VERSION = 3;

    static final int OLDEST_VERSION = 2;
    static final int SEGMENT_MAGIC_OFFSET = 0;
    static final int SEGMENT_VERSION_OFFSET = 8;
    static final int SEGMENT_LENGTH_OFFSET = 12;
    static final int SEGMENT_SEQUENCE_OFFSET = 16;
    static final int SEGMENT_BODY_LENGTH = 24;

    static final int HARD_STATE_BODY_LENGTH = 8;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private DirectBuffer buffer;
    private int offset;

    WalRecordFlyweight wrap(final DirectBuffer buffer, final int offset) {
        this.buffer = buffer;
        this.offset = offset;
        return this;
    }

    /** Bytes a record with this body takes in the segment. */
    static int alignedLength(final int bodyLength) {
        return BitUtil.align(HEADER_LENGTH + bodyLength, ALIGNMENT);
    }

    /**
     * Writes all of the header but its first word. The body must be in place, or be put there,
     * before {@link #seal}.
     */
    static void encode(
            final MutableDirectBuffer target,
            final int offset,
            final byte type,
            final byte kind,
            final long undurableBytes,
            final int previousCrc,
            final long position,
            final long term,
            final long index) {
        final long undurable = Math.min(undurableBytes >>> 3, UNKNOWN_UNDURABLE);
        target.putByte(offset + TYPE_OFFSET, type);
        target.putByte(offset + KIND_OFFSET, kind);
        target.putShort(offset + UNDURABLE_OFFSET, (short) undurable, ORDER);
        target.putInt(offset + PREVIOUS_CRC32C_OFFSET, previousCrc, ORDER);
        target.putLong(offset + POSITION_OFFSET, position, ORDER);
        target.putLong(offset + TERM_OFFSET, term, ORDER);
        target.putLong(offset + INDEX_OFFSET, index, ORDER);
    }

    /**
     * Computes the checksum and stores the first word, which makes the record visible.
     *
     * @param bytes view of the same memory as target; its position and limit are moved.
     * @return the checksum.
     */
    static int seal(
            final UnsafeBuffer target,
            final ByteBuffer bytes,
            final int offset,
            final int length,
            final CRC32C crc) {
        final int value = computeCrcAs(bytes, offset, length, crc);
        long word = (long) length << 32 | value & 0xFFFF_FFFFL;
        if (ByteOrder.nativeOrder() != ORDER) {
            word = Long.reverseBytes(word);
        }
        target.putLongOrdered(offset, word);
        return value;
    }

    /**
     * The checksum of a record if this were its length, whatever its length field says now: a
     * reader must not see the length before the rest.
     */
    static int computeCrcAs(
            final ByteBuffer bytes, final int offset, final int length, final CRC32C crc) {
        crc.reset();
        for (int shift = 0; shift < 32; shift += 8) {
            crc.update(length >>> shift);
        }
        bytes.limit(offset + length).position(offset + TYPE_OFFSET);
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** The checksum that a record of {@link #length()} bytes should have. */
    static int computeCrc(
            final ByteBuffer bytes, final int offset, final int length, final CRC32C crc) {
        crc.reset();
        bytes.limit(offset + length).position(offset + LENGTH_OFFSET);
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /**
     * Why there is no whole record with a good checksum here; null when there is one.
     *
     * @param bytes view of the wrapped memory; its position and limit are moved.
     * @param end of the memory that holds records.
     */
    String problem(final ByteBuffer bytes, final int end, final CRC32C crc) {
        if (offset + HEADER_LENGTH > end || firstWord() == 0) {
            return "there is none";
        }
        final int length = length();
        if (length < HEADER_LENGTH || length > end - offset) {
            return "its length cannot be";
        }
        return computeCrc(bytes, offset, length, crc) == crc() ? null : "checksum does not match";
    }

    /** The first word: 0 when there is no record. */
    long firstWord() {
        return buffer.getLong(offset, ORDER);
    }

    int crc() {
        return buffer.getInt(offset + CRC32C_OFFSET, ORDER);
    }

    int length() {
        return buffer.getInt(offset + LENGTH_OFFSET, ORDER);
    }

    public byte type() {
        return buffer.getByte(offset + TYPE_OFFSET);
    }

    public byte kind() {
        return buffer.getByte(offset + KIND_OFFSET);
    }

    /** In bytes; -1 when it was too much to be written down. */
    int undurableBytes() {
        final int undurable = buffer.getShort(offset + UNDURABLE_OFFSET, ORDER) & 0xFFFF;
        return undurable == UNKNOWN_UNDURABLE ? -1 : undurable << 3;
    }

    int previousCrc() {
        return buffer.getInt(offset + PREVIOUS_CRC32C_OFFSET, ORDER);
    }

    public long position() {
        return buffer.getLong(offset + POSITION_OFFSET, ORDER);
    }

    public long term() {
        return buffer.getLong(offset + TERM_OFFSET, ORDER);
    }

    public long index() {
        return buffer.getLong(offset + INDEX_OFFSET, ORDER);
    }

    public DirectBuffer buffer() {
        return buffer;
    }

    public int bodyOffset() {
        return offset + HEADER_LENGTH;
    }

    public int bodyLength() {
        return length() - HEADER_LENGTH;
    }

    public long votedFor() {
        return buffer.getLong(bodyOffset(), ORDER);
    }

    long segmentMagic() {
        return buffer.getLong(bodyOffset() + SEGMENT_MAGIC_OFFSET, ORDER);
    }

    public int segmentVersion() {
        return buffer.getInt(bodyOffset() + SEGMENT_VERSION_OFFSET, ORDER);
    }

    public int segmentLength() {
        return buffer.getInt(bodyOffset() + SEGMENT_LENGTH_OFFSET, ORDER);
    }

    /** Bytes that the file of this segment was made with; one that was reused may have more. */
    long fileLength() {
        return segmentVersion() < VERSION
                ? segmentLength()
                : FormerSectors.fileLength(segmentLength());
    }

    public long segmentSequence() {
        return buffer.getLong(bodyOffset() + SEGMENT_SEQUENCE_OFFSET, ORDER);
    }

    /** The name of the type. */
    public String typeName() {
        return switch (type()) {
            case SEGMENT -> "segment";
            case ENTRY -> "entry";
            case HARD_STATE -> "hardState";
            case TRUNCATE -> "truncate";
            case COMPACT -> "compact";
            case RESET -> "reset";
            case META -> "meta";
            default -> "unknown(" + type() + ")";
        };
    }
}
