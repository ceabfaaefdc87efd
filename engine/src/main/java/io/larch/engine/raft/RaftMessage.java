package io.larch.engine.raft;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * View over one message between members: the bytes in the core's outbox are those on the network.
 * Little endian; all types have the same fixed part, in which some slots have several names.
 *
 * <pre>
 *   0             2      4          6         8           16     24   32     40
 *   +-------------+------+----------+---------+-----------+------+----+------+-----------+
 *   | blockLength | type | schemaId | version | clusterId | from | to | term | sendNanos |
 *   +-------------+------+----------+---------+-----------+------+----+------+-----------+
 *   48                56              64      72        80       88           96
 *   +-----------------+---------------+-------+---------+--------+------------+---------+
 *   | fromIncarnation | toIncarnation | index | logTerm | commit | commitTerm | context |
 *   +-----------------+---------------+-------+---------+--------+------------+---------+
 *   104     108          112         120      124          128
 *   +-------+------------+-----------+--------+------------+------
 *   | flags | bodyLength | echoNanos | crc32c | wallMillis | body ...
 *   +-------+------------+-----------+--------+------------+------
 * </pre>
 *
 * <ul>
 *   <li>{@code toIncarnation}: 0 = whichever life of the receiver; answers name the one that asked.
 *   <li>{@code sendNanos}: stamped by the sender's transport, comes back as {@code echoNanos}.
 *   <li>{@code crc32c}: of the whole frame with 0 in this slot; the transport's affair.
 *   <li>{@code wallMillis}: of answers to heartbeats, the sender's wall clock in milliseconds since
 *       the epoch, the low 32 bits; 0: not told. The core does not look at it.
 *   <li>body of APPEND: entries, each { term int64, length int32, kind uint8, 3 reserved, bytes
 *       padded to 8 }; the index is implied. Of FORWARD: the proposal. Of SNAPSHOT: a {@link
 *       ConfState}.
 * </ul>
 *
 * <p>Not threadsafe. The wrapped buffer stays owned by its owner.
 */
public final class RaftMessage {
    public static final int SCHEMA_ID = 0x4c52;
    public static final int VERSION = 1;

    public static final int BLOCK_LENGTH_OFFSET = 0;
    public static final int TYPE_OFFSET = 2;
    public static final int SCHEMA_ID_OFFSET = 4;
    public static final int VERSION_OFFSET = 6;
    public static final int CLUSTER_ID_OFFSET = 8;
    public static final int FROM_OFFSET = 16;
    public static final int TO_OFFSET = 24;
    public static final int TERM_OFFSET = 32;
    public static final int SEND_NANOS_OFFSET = 40;
    public static final int FROM_INCARNATION_OFFSET = 48;
    public static final int TO_INCARNATION_OFFSET = 56;
    public static final int INDEX_OFFSET = 64;
    public static final int LOG_TERM_OFFSET = 72;
    public static final int COMMIT_OFFSET = 80;
    public static final int COMMIT_TERM_OFFSET = 88;
    public static final int CONTEXT_OFFSET = 96;
    public static final int FLAGS_OFFSET = 104;
    public static final int BODY_LENGTH_OFFSET = 108;
    public static final int ECHO_NANOS_OFFSET = 112;
    public static final int CRC32C_OFFSET = 120;
    public static final int WALL_MILLIS_OFFSET = 124;
    public static final int HEADER_LENGTH = 128;

    public static final int ENTRY_TERM_OFFSET = 0;
    public static final int ENTRY_LENGTH_OFFSET = 8;
    public static final int ENTRY_KIND_OFFSET = 12;
    public static final int ENTRY_HEADER_LENGTH = 16;

    /** The answer is no. */
    public static final int REJECT = 1;

    /** The leader asked for this election: voters that hear it vote all the same. */
    public static final int TRANSFER = 1 << 1;

    private static final int KIND_SHIFT = 8;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);

    /** Looks at a message. Check {@link #isWellFormed} first if the bytes are not trusted. */
    public RaftMessage wrap(final DirectBuffer source, final int offset, final int length) {
        buffer.wrap(source, offset, length);
        return this;
    }

    /**
     * Whether one message of this version fits these bytes exactly, entries included. Nothing
     * outside of the bytes is read.
     */
    public static boolean isWellFormed(
            final DirectBuffer source, final int offset, final int length) {
        if (length < HEADER_LENGTH
                || (source.getShort(offset + BLOCK_LENGTH_OFFSET, ORDER) & 0xffff) != HEADER_LENGTH
                || (source.getShort(offset + SCHEMA_ID_OFFSET, ORDER) & 0xffff) != SCHEMA_ID
                || (source.getShort(offset + VERSION_OFFSET, ORDER) & 0xffff) != VERSION) {
            return false;
        }
        final MessageType type =
                MessageType.of(source.getShort(offset + TYPE_OFFSET, ORDER) & 0xffff);
        final int bodyLength = source.getInt(offset + BODY_LENGTH_OFFSET, ORDER);
        if (type == null || bodyLength != length - HEADER_LENGTH) {
            return false;
        }
        return switch (type) {
            case APPEND -> entriesFit(source, offset + HEADER_LENGTH, bodyLength);
            case FORWARD -> true;
            case SNAPSHOT ->
                    bodyLength == 0
                            || ConfState.isWellFormed(source, offset + HEADER_LENGTH, bodyLength);
            default -> bodyLength == 0;
        };
    }

    private static boolean entriesFit(
            final DirectBuffer source, final int offset, final int length) {
        long at = 0;
        while (at < length) {
            if (length - at < ENTRY_HEADER_LENGTH) {
                return false;
            }
            final int body = source.getInt(offset + (int) at + ENTRY_LENGTH_OFFSET, ORDER);
            if (body < 0) {
                return false;
            }
            at += entryFrameLength(body);
        }
        return at == length;
    }

    /** Bytes an entry takes in an append message. */
    static long entryFrameLength(final int bodyLength) {
        return ENTRY_HEADER_LENGTH + (((long) bodyLength + 7) & ~7L);
    }

    /** Writes an empty message of a type: all slots 0. */
    public static void encodeHeader(
            final MutableDirectBuffer target, final int offset, final MessageType type) {
        target.setMemory(offset, HEADER_LENGTH, (byte) 0);
        target.putShort(offset + BLOCK_LENGTH_OFFSET, (short) HEADER_LENGTH, ORDER);
        target.putShort(offset + TYPE_OFFSET, (short) type.ordinal(), ORDER);
        target.putShort(offset + SCHEMA_ID_OFFSET, (short) SCHEMA_ID, ORDER);
        target.putShort(offset + VERSION_OFFSET, (short) VERSION, ORDER);
    }

    /**
     * Writes the message that hands a received snapshot to {@link RaftCore#step}.
     *
     * @param from the leader it came from.
     * @param term that leader's term.
     * @return the length of the message.
     */
    public static int encodeSnapshot(
            final MutableDirectBuffer target,
            final int offset,
            final RaftConfig config,
            final long from,
            final long term,
            final long snapshotIndex,
            final long snapshotTerm,
            final ConfState conf) {
        encodeHeader(target, offset, MessageType.SNAPSHOT);
        target.putLong(offset + CLUSTER_ID_OFFSET, config.clusterId(), ORDER);
        target.putLong(offset + FROM_OFFSET, from, ORDER);
        target.putLong(offset + TO_OFFSET, config.id(), ORDER);
        target.putLong(offset + TERM_OFFSET, term, ORDER);
        target.putLong(offset + INDEX_OFFSET, snapshotIndex, ORDER);
        target.putLong(offset + LOG_TERM_OFFSET, snapshotTerm, ORDER);
        final int bodyLength = conf.encode(target, offset + HEADER_LENGTH);
        target.putInt(offset + BODY_LENGTH_OFFSET, bodyLength, ORDER);
        return HEADER_LENGTH + bodyLength;
    }

    /** Where the message lies; this flyweight's own view, {@link #length} bytes from 0. */
    public DirectBuffer buffer() {
        return buffer;
    }

    /** Bytes of the message, body included. */
    public int length() {
        return buffer.capacity();
    }

    public MessageType type() {
        return MessageType.of(buffer.getShort(TYPE_OFFSET, ORDER) & 0xffff);
    }

    public long clusterId() {
        return buffer.getLong(CLUSTER_ID_OFFSET, ORDER);
    }

    public long from() {
        return buffer.getLong(FROM_OFFSET, ORDER);
    }

    public long to() {
        return buffer.getLong(TO_OFFSET, ORDER);
    }

    /** The sender's term; of pre-votes the term it asks for. */
    public long term() {
        return buffer.getLong(TERM_OFFSET, ORDER);
    }

    public long sendNanos() {
        return buffer.getLong(SEND_NANOS_OFFSET, ORDER);
    }

    /** {@link #sendNanos} of the message that this one answers, in the receiver's clock. */
    public long echoNanos() {
        return buffer.getLong(ECHO_NANOS_OFFSET, ORDER);
    }

    public int wallMillis() {
        return buffer.getInt(WALL_MILLIS_OFFSET, ORDER);
    }

    /** Tells the sender's wall clock, before the message leaves. */
    public void wallMillis(final int millis) {
        buffer.putInt(WALL_MILLIS_OFFSET, millis, ORDER);
    }

    public long fromIncarnation() {
        return buffer.getLong(FROM_INCARNATION_OFFSET, ORDER);
    }

    public long toIncarnation() {
        return buffer.getLong(TO_INCARNATION_OFFSET, ORDER);
    }

    /** lastIndex, prevIndex, matchIndex, refused prevIndex, snapshot or read index. */
    public long index() {
        return buffer.getLong(INDEX_OFFSET, ORDER);
    }

    /** Of heartbeats: the leader's clock when it sent this. Shares the slot of {@link #index}. */
    public long tick() {
        return index();
    }

    /** lastTerm, prevTerm, hintTerm or term of the snapshot. */
    public long logTerm() {
        return buffer.getLong(LOG_TERM_OFFSET, ORDER);
    }

    /** The sender's commit index; from a leader, no more than it may tell the receiver. */
    public long commit() {
        return buffer.getLong(COMMIT_OFFSET, ORDER);
    }

    /** Term of the sender's entry at {@link #commit}. */
    public long commitTerm() {
        return buffer.getLong(COMMIT_TERM_OFFSET, ORDER);
    }

    /** Round, request id, sequence, hintIndex or target. */
    public long context() {
        return buffer.getLong(CONTEXT_OFFSET, ORDER);
    }

    public boolean isReject() {
        return (flags() & REJECT) != 0;
    }

    public boolean isTransfer() {
        return (flags() & TRANSFER) != 0;
    }

    /** Of FORWARD: the kind of the proposed entry. */
    public byte kind() {
        return (byte) (flags() >>> KIND_SHIFT);
    }

    public int bodyLength() {
        return buffer.getInt(BODY_LENGTH_OFFSET, ORDER);
    }

    private int flags() {
        return buffer.getInt(FLAGS_OFFSET, ORDER);
    }

    /** Flags of a forwarded proposal of a kind. */
    static int kindFlags(final byte kind) {
        return (kind & 0xff) << KIND_SHIFT;
    }
}
