package io.larch.engine.codec;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * View over one command: the same bytes in the request ring, the Raft entry, the WAL record and the
 * peer message. Little endian.
 *
 * <pre>
 *   0      1       2          4            8                16                24
 *   +------+-------+----------+------------+----------------+-----------------+
 *   | type | flags | reserved | pathLength | correlationId  | timestampNanos  |
 *   +------+-------+----------+------------+----------------+-----------------+
 *   24                 32               40            44                48
 *   +------------------+----------------+-------------+-----------------+
 *   | expirationNanos  | index          | valueLength | prevValueLength |
 *   +------------------+----------------+-------------+-----------------+
 *   48         56            64         72
 *   +----------+-------------+----------+-------------------------
 *   | originId | incarnation | sequence | path | value | prevValue
 *   +----------+-------------+----------+-------------------------
 * </pre>
 *
 * <ul>
 *   <li>{@code edgeTime}: how long the edge had the request before the timestamp, in microseconds,
 *       unsigned; the largest number for that and more. For statistics only.
 *   <li>{@code correlationId}: chosen by the edge, comes back in the reply; 0 for the cluster's own
 *       commands.
 *   <li>{@code timestampNanos}: since the epoch; all times that an event shows are relative to it,
 *       so that every member computes the same. On its way to the log the wall clock of the member
 *       that took the request; in the log the cluster's time, and {@link #CLUSTER_TIME} is set.
 *       Entries from before there was a cluster's time keep the wall clock.
 *   <li>{@code expirationNanos}: by the same clock as the timestamp, {@link #PERMANENT} without
 *       TTL.
 *   <li>{@code index}: prevIndex of a compare (0 = none), waitIndex of a watch (0 = from now); of a
 *       SYNC with {@link #CLUSTER_TIME}: nanoseconds from the cluster's time to the wall clock.
 *   <li>{@code path}: without trailing slash, {@code "/"} for the root, any bytes but {@code '/'}
 *       within components.
 *   <li>{@code originId}, {@code incarnation}, {@code sequence}: the member that proposed it, which
 *       life of it, and a number within that life; together the name under which the command takes
 *       effect once, however often it is in the log. Written by the engine; the edge leaves them 0.
 *       0 as origin: may be repeated.
 * </ul>
 *
 * <p>Not threadsafe. The wrapped buffer stays owned by its owner.
 */
public final class CommandFlyweight {
    public static final int TYPE_OFFSET = 0;
    public static final int FLAGS_OFFSET = 1;
    public static final int EDGE_TIME_OFFSET = 2;
    public static final int PATH_LENGTH_OFFSET = 4;
    public static final int CORRELATION_ID_OFFSET = 8;
    public static final int TIMESTAMP_OFFSET = 16;
    public static final int EXPIRATION_OFFSET = 24;
    public static final int INDEX_OFFSET = 32;
    public static final int VALUE_LENGTH_OFFSET = 40;
    public static final int PREV_VALUE_LENGTH_OFFSET = 44;
    public static final int ORIGIN_ID_OFFSET = 48;
    public static final int INCARNATION_OFFSET = 56;
    public static final int SEQUENCE_OFFSET = 64;
    public static final int HEADER_LENGTH = 72;

    /** The node to write is a directory; on a delete: directories may be deleted. */
    public static final int DIR = 1;

    public static final int RECURSIVE = 1 << 1;
    public static final int SORTED = 1 << 2;

    /** A linearizable read. */
    public static final int QUORUM = 1 << 3;

    /** Keep the value, change the TTL, notify nobody. */
    public static final int REFRESH = 1 << 4;

    /** A watch that goes on after its first event. */
    public static final int STREAM = 1 << 5;

    /** The leader has stamped it with the cluster's time. */
    public static final int CLUSTER_TIME = 1 << 6;

    /** A read whose edge is short of memory: what is not small is told in parts. */
    public static final int SPARING = 1 << 7;

    /** The expiration of a node without TTL. */
    public static final long PERMANENT = Long.MIN_VALUE;

    private static final long NANOS_PER_MICRO = 1_000L;
    private static final long MAX_EDGE_MICROS = 0xFFFF;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private DirectBuffer buffer;
    private int offset;

    /**
     * Looks at a command that starts at the offset. Check {@link #isWellFormed} first if the bytes
     * are not trusted.
     */
    public CommandFlyweight wrap(final DirectBuffer buffer, final int offset) {
        this.buffer = buffer;
        this.offset = offset;
        return this;
    }

    /** Whether a command fits these bytes exactly: known type, lengths within bounds. */
    public static boolean isWellFormed(
            final DirectBuffer buffer, final int offset, final int length) {
        if (length < HEADER_LENGTH) {
            return false;
        }
        final long pathLength = buffer.getInt(offset + PATH_LENGTH_OFFSET, ORDER);
        final long valueLength = buffer.getInt(offset + VALUE_LENGTH_OFFSET, ORDER);
        final long prevValueLength = buffer.getInt(offset + PREV_VALUE_LENGTH_OFFSET, ORDER);
        return pathLength >= 0
                && valueLength >= 0
                && prevValueLength >= 0
                && HEADER_LENGTH + pathLength + valueLength + prevValueLength == length;
    }

    /** Bytes a command with these parts takes. */
    public static int encodedLength(
            final int pathLength, final int valueLength, final int prevValueLength) {
        return HEADER_LENGTH + pathLength + valueLength + prevValueLength;
    }

    /**
     * Writes a command's fixed part; the caller puts path, value and prevValue behind it, in this
     * order.
     *
     * @return the offset where the path goes.
     */
    public static int encodeHeader(
            final MutableDirectBuffer target,
            final int offset,
            final CommandType type,
            final int flags,
            final long correlationId,
            final long timestampNanos,
            final long expirationNanos,
            final long index,
            final int pathLength,
            final int valueLength,
            final int prevValueLength) {
        target.putByte(offset + TYPE_OFFSET, type.code());
        target.putByte(offset + FLAGS_OFFSET, (byte) flags);
        target.putShort(offset + EDGE_TIME_OFFSET, (short) 0, ORDER);
        target.putInt(offset + PATH_LENGTH_OFFSET, pathLength, ORDER);
        target.putLong(offset + CORRELATION_ID_OFFSET, correlationId, ORDER);
        target.putLong(offset + TIMESTAMP_OFFSET, timestampNanos, ORDER);
        target.putLong(offset + EXPIRATION_OFFSET, expirationNanos, ORDER);
        target.putLong(offset + INDEX_OFFSET, index, ORDER);
        target.putInt(offset + VALUE_LENGTH_OFFSET, valueLength, ORDER);
        target.putInt(offset + PREV_VALUE_LENGTH_OFFSET, prevValueLength, ORDER);
        encodeIdentity(target, offset, 0, 0, 0);
        return offset + HEADER_LENGTH;
    }

    /** Notes in a command how long the edge had it. */
    public static void encodeEdgeTime(
            final MutableDirectBuffer target, final int offset, final long nanos) {
        final long micros = Math.max(0, Math.min(nanos / NANOS_PER_MICRO, MAX_EDGE_MICROS));
        target.putShort(offset + EDGE_TIME_OFFSET, (short) micros, ORDER);
    }

    /** Writes the name under which an encoded command takes effect once. */
    public static void encodeIdentity(
            final MutableDirectBuffer target,
            final int offset,
            final long originId,
            final long incarnation,
            final long sequence) {
        target.putLong(offset + ORIGIN_ID_OFFSET, originId, ORDER);
        target.putLong(offset + INCARNATION_OFFSET, incarnation, ORDER);
        target.putLong(offset + SEQUENCE_OFFSET, sequence, ORDER);
    }

    /**
     * Stamps an encoded command with the cluster's time in place of whatever time it had. Its TTL
     * stays what it was: the expiration moves with the timestamp.
     */
    public static void encodeClusterTime(
            final MutableDirectBuffer target, final int offset, final long nanos) {
        final long expiration = target.getLong(offset + EXPIRATION_OFFSET, ORDER);
        if (expiration != PERMANENT) {
            final long ttlNanos = expiration - target.getLong(offset + TIMESTAMP_OFFSET, ORDER);
            final long moved = nanos + ttlNanos;
            final boolean isBeyond = ttlNanos > 0 && moved < nanos;
            target.putLong(offset + EXPIRATION_OFFSET, isBeyond ? Long.MAX_VALUE : moved, ORDER);
        }
        target.putLong(offset + TIMESTAMP_OFFSET, nanos, ORDER);
        target.putByte(
                offset + FLAGS_OFFSET,
                (byte) (target.getByte(offset + FLAGS_OFFSET) | CLUSTER_TIME));
    }

    /** The timestamp of an encoded command. */
    public static long timestampNanos(final DirectBuffer source, final int offset) {
        return source.getLong(offset + TIMESTAMP_OFFSET, ORDER);
    }

    public CommandType type() {
        return CommandType.of(buffer.getByte(offset + TYPE_OFFSET));
    }

    public int flags() {
        return buffer.getByte(offset + FLAGS_OFFSET) & 0xFF;
    }

    public boolean has(final int flag) {
        return (flags() & flag) != 0;
    }

    /** How long the edge had the request before {@link #timestampNanos}. */
    public long edgeNanos() {
        return (buffer.getShort(offset + EDGE_TIME_OFFSET, ORDER) & MAX_EDGE_MICROS)
                * NANOS_PER_MICRO;
    }

    public long correlationId() {
        return buffer.getLong(offset + CORRELATION_ID_OFFSET, ORDER);
    }

    public long timestampNanos() {
        return buffer.getLong(offset + TIMESTAMP_OFFSET, ORDER);
    }

    public long expirationNanos() {
        return buffer.getLong(offset + EXPIRATION_OFFSET, ORDER);
    }

    public long index() {
        return buffer.getLong(offset + INDEX_OFFSET, ORDER);
    }

    public int pathLength() {
        return buffer.getInt(offset + PATH_LENGTH_OFFSET, ORDER);
    }

    public int valueLength() {
        return buffer.getInt(offset + VALUE_LENGTH_OFFSET, ORDER);
    }

    public int prevValueLength() {
        return buffer.getInt(offset + PREV_VALUE_LENGTH_OFFSET, ORDER);
    }

    /** The member that proposed it; 0: it has no identity. */
    public long originId() {
        return buffer.getLong(offset + ORIGIN_ID_OFFSET, ORDER);
    }

    /** Which life of {@link #originId} proposed it. */
    public long incarnation() {
        return buffer.getLong(offset + INCARNATION_OFFSET, ORDER);
    }

    /** Its number within that life, from 1. */
    public long sequence() {
        return buffer.getLong(offset + SEQUENCE_OFFSET, ORDER);
    }

    public DirectBuffer buffer() {
        return buffer;
    }

    public int offset() {
        return offset;
    }

    public int pathOffset() {
        return offset + HEADER_LENGTH;
    }

    public int valueOffset() {
        return pathOffset() + pathLength();
    }

    public int prevValueOffset() {
        return valueOffset() + valueLength();
    }

    public int length() {
        return HEADER_LENGTH + pathLength() + valueLength() + prevValueLength();
    }
}
