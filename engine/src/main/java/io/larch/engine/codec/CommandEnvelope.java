package io.larch.engine.codec;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * View over what all commands have in common, whichever application they are for: the same bytes in
 * the request ring, the Raft entry, the WAL record and the peer message. Little endian.
 *
 * <pre>
 *   0      1       2          4             7        8                16                24
 *   +------+-------+----------+-------------+--------+----------------+-----------------+
 *   | type | flags | edgeTime | application | domain | correlationId  | timestampNanos  |
 *   +------+-------+----------+-------------+--------+----------------+-----------------+
 *   24                 32                              48
 *   +------------------+-------------------------------+
 *   | expirationNanos  | application                   |
 *   +------------------+-------------------------------+
 *   48         56            64         72
 *   +----------+-------------+----------+-------------------------
 *   | originId | incarnation | sequence | application
 *   +----------+-------------+----------+-------------------------
 * </pre>
 *
 * <ul>
 *   <li>{@code domain}: the application whose command it is; 0 is the keys of the v2 API, whose
 *       commands from before there were others have 0 here.
 *   <li>{@code type}: what it asks, of its domain; but for {@code CANCEL} and {@code MORE}, which
 *       are the same in all.
 *   <li>{@code flags}: {@link #QUORUM}, {@link #CLUSTER_TIME} and {@link #SPARING}; the others are
 *       the application's.
 *   <li>{@code edgeTime}: how long the edge had the request before the timestamp, in microseconds,
 *       unsigned; the largest number for that and more. For statistics only.
 *   <li>{@code correlationId}: chosen by the edge, comes back in the reply; 0 for the cluster's own
 *       commands.
 *   <li>{@code timestampNanos}: since the epoch; all times that an event shows are relative to it,
 *       so that every member computes the same. On its way to the log the wall clock of the member
 *       that took the request; in the log the cluster's time, and {@link #CLUSTER_TIME} is set.
 *       Entries from before there was a cluster's time keep the wall clock.
 *   <li>{@code expirationNanos}: by the same clock as the timestamp, and moved with it; {@link
 *       #PERMANENT} for none.
 *   <li>{@code originId}, {@code incarnation}, {@code sequence}: the member that proposed it, which
 *       life of it, and a number within that life; together the name under which the command takes
 *       effect once, however often it is in the log. Written by the engine; the edge leaves them 0.
 *       0 as origin: may be repeated.
 * </ul>
 *
 * <p>Not threadsafe. The wrapped buffer stays owned by its owner.
 */
public final class CommandEnvelope {
    public static final int TYPE_OFFSET = 0;
    public static final int FLAGS_OFFSET = 1;
    public static final int EDGE_TIME_OFFSET = 2;
    public static final int DOMAIN_OFFSET = 7;
    public static final int CORRELATION_ID_OFFSET = 8;
    public static final int TIMESTAMP_OFFSET = 16;
    public static final int EXPIRATION_OFFSET = 24;

    /** Sixteen bytes of the application's own. */
    public static final int APPLICATION_OFFSET = 32;

    public static final int ORIGIN_ID_OFFSET = 48;
    public static final int INCARNATION_OFFSET = 56;
    public static final int SEQUENCE_OFFSET = 64;

    /** Where what is behind the envelope begins. */
    public static final int HEADER_LENGTH = 72;

    public static final int MAX_DOMAIN = 127;

    /** A linearizable read. */
    public static final int QUORUM = 1 << 3;

    /** The leader has stamped it with the cluster's time. */
    public static final int CLUSTER_TIME = 1 << 6;

    /** A read whose edge is short of memory: what is not small is told in parts. */
    public static final int SPARING = 1 << 7;

    /** The expiration of what does not expire. */
    public static final long PERMANENT = Long.MIN_VALUE;

    private static final long NANOS_PER_MICRO = 1_000L;
    private static final long MAX_EDGE_MICROS = 0xFFFF;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private DirectBuffer buffer;
    private int offset;

    /** Looks at a command that starts at the offset and has {@link #HEADER_LENGTH} at least. */
    public CommandEnvelope wrap(final DirectBuffer buffer, final int offset) {
        this.buffer = buffer;
        this.offset = offset;
        return this;
    }

    /** Whether a command of any domain fits these bytes, as far as the envelope tells. */
    public static boolean isWellFormed(
            final DirectBuffer buffer, final int offset, final int length) {
        return length >= HEADER_LENGTH && buffer.getByte(offset + DOMAIN_OFFSET) >= 0;
    }

    /**
     * Writes the envelope of a command, the application's parts of it zero; the caller puts the
     * rest behind it.
     *
     * @return the offset where that goes.
     */
    public static int encode(
            final MutableDirectBuffer target,
            final int offset,
            final int domain,
            final byte type,
            final int flags,
            final long correlationId,
            final long timestampNanos,
            final long expirationNanos) {
        target.putByte(offset + TYPE_OFFSET, type);
        target.putByte(offset + FLAGS_OFFSET, (byte) flags);
        target.putShort(offset + EDGE_TIME_OFFSET, (short) 0, ORDER);
        target.putInt(offset + EDGE_TIME_OFFSET + Short.BYTES, domain << 24, ORDER);
        target.putLong(offset + CORRELATION_ID_OFFSET, correlationId, ORDER);
        target.putLong(offset + TIMESTAMP_OFFSET, timestampNanos, ORDER);
        target.putLong(offset + EXPIRATION_OFFSET, expirationNanos, ORDER);
        target.putLong(offset + APPLICATION_OFFSET, 0, ORDER);
        target.putLong(offset + APPLICATION_OFFSET + Long.BYTES, 0, ORDER);
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

    public int domain() {
        return buffer.getByte(offset + DOMAIN_OFFSET);
    }

    public byte type() {
        return buffer.getByte(offset + TYPE_OFFSET);
    }

    /** Whether it is of a type of the keys' domain, or one of those that are the same in all. */
    public boolean is(final CommandType type) {
        return domain() == KeysCommand.DOMAIN && type() == type.code();
    }

    public boolean has(final int flag) {
        return (buffer.getByte(offset + FLAGS_OFFSET) & flag) != 0;
    }

    /** How long the edge had the request before {@link #timestampNanos()}. */
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
}
