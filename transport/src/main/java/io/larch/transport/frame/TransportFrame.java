package io.larch.transport.frame;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * View over a frame that the transports exchange among themselves: a piece of a message too long
 * for one, a step of a snapshot's transfer, or who speaks. Little endian; begins like a {@link
 * io.larch.engine.raft.RaftMessage}, from which the schema tells it apart.
 *
 * <pre>
 *   0             2      4          6         8           16     24   32     40
 *   +-------------+------+----------+---------+-----------+------+----+------+-----------+
 *   | blockLength | kind | schemaId | version | clusterId | from | to | term | sendNanos |
 *   +-------------+------+----------+---------+-----------+------+----+------+-----------+
 *   48   56         64      72          80         88           92       96
 *   +----+----------+-------+-----------+----------+------------+--------+--------
 *   | id | position | total | lastIndex | lastTerm | bodyLength | crc32c | body ...
 *   +----+----------+-------+-----------+----------+------------+--------+--------
 * </pre>
 *
 * <p>The checksum is of the whole frame with 0 in its slot. Not threadsafe; the wrapped buffer
 * stays owned by its owner.
 */
public final class TransportFrame {
    static final int SCHEMA_ID = 0x4c50;
    static final int VERSION = 1;

    static final int BLOCK_LENGTH_OFFSET = 0;
    static final int KIND_OFFSET = 2;
    static final int SCHEMA_ID_OFFSET = 4;
    static final int VERSION_OFFSET = 6;
    static final int CLUSTER_ID_OFFSET = 8;
    static final int FROM_OFFSET = 16;
    static final int TO_OFFSET = 24;
    static final int TERM_OFFSET = 32;
    static final int SEND_NANOS_OFFSET = 40;
    static final int ID_OFFSET = 48;
    static final int POSITION_OFFSET = 56;
    static final int TOTAL_OFFSET = 64;
    static final int LAST_INDEX_OFFSET = 72;
    static final int LAST_TERM_OFFSET = 80;
    static final int BODY_LENGTH_OFFSET = 88;
    static final int CRC32C_OFFSET = 92;
    public static final int HEADER_LENGTH = 96;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);

    /** Looks at a frame. Check {@link #isWellFormed} first if the bytes are not trusted. */
    public TransportFrame wrap(final DirectBuffer source, final int offset, final int length) {
        buffer.wrap(source, offset, length);
        return this;
    }

    /** Whether one frame fits these bytes exactly and its slots make sense for its kind. */
    public static boolean isWellFormed(
            final DirectBuffer source, final int offset, final int length) {
        if (length < HEADER_LENGTH
                || (source.getShort(offset + BLOCK_LENGTH_OFFSET, ORDER) & 0xffff) != HEADER_LENGTH
                || source.getInt(offset + BODY_LENGTH_OFFSET, ORDER) != length - HEADER_LENGTH) {
            return false;
        }
        final FrameKind kind = FrameKind.of(source.getShort(offset + KIND_OFFSET, ORDER) & 0xffff);
        final long position = source.getLong(offset + POSITION_OFFSET, ORDER);
        final long total = source.getLong(offset + TOTAL_OFFSET, ORDER);
        final int bodyLength = length - HEADER_LENGTH;
        if (kind == null || position < 0 || total < 0) {
            return false;
        }
        return switch (kind) {
            case PIECE, CHUNK -> bodyLength > 0 && position <= total - bodyLength;
            case HELLO ->
                    bodyLength > 0
                            && bodyLength <= Hello.MAX_LENGTH
                            && position == 0
                            && total == bodyLength;
            case OFFER, POSITION, REFUSED, UNKNOWN -> bodyLength == 0;
        };
    }

    /** Writes the header of a frame to offset 0, with 0 for the checksum. */
    public static void encode(
            final UnsafeBuffer target,
            final FrameKind kind,
            final long id,
            final long position,
            final long total,
            final int bodyLength) {
        target.setMemory(0, HEADER_LENGTH, (byte) 0);
        target.putShort(BLOCK_LENGTH_OFFSET, (short) HEADER_LENGTH, ORDER);
        target.putShort(KIND_OFFSET, (short) kind.ordinal(), ORDER);
        target.putShort(SCHEMA_ID_OFFSET, (short) SCHEMA_ID, ORDER);
        target.putShort(VERSION_OFFSET, (short) VERSION, ORDER);
        target.putLong(ID_OFFSET, id, ORDER);
        target.putLong(POSITION_OFFSET, position, ORDER);
        target.putLong(TOTAL_OFFSET, total, ORDER);
        target.putInt(BODY_LENGTH_OFFSET, bodyLength, ORDER);
    }

    public FrameKind kind() {
        return FrameKind.of(buffer.getShort(KIND_OFFSET, ORDER) & 0xffff);
    }

    public long from() {
        return buffer.getLong(FROM_OFFSET, ORDER);
    }

    public long term() {
        return buffer.getLong(TERM_OFFSET, ORDER);
    }

    public long id() {
        return buffer.getLong(ID_OFFSET, ORDER);
    }

    public long position() {
        return buffer.getLong(POSITION_OFFSET, ORDER);
    }

    public long total() {
        return buffer.getLong(TOTAL_OFFSET, ORDER);
    }

    public long lastIndex() {
        return buffer.getLong(LAST_INDEX_OFFSET, ORDER);
    }

    public long lastTerm() {
        return buffer.getLong(LAST_TERM_OFFSET, ORDER);
    }

    /** Where the frame lies; the body begins at {@link #HEADER_LENGTH}. */
    public DirectBuffer buffer() {
        return buffer;
    }

    public int bodyLength() {
        return buffer.capacity() - HEADER_LENGTH;
    }
}
