package io.larch.engine.codec.kv;

import io.larch.engine.codec.CommandEnvelope;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The commands of the v3 API. Behind the {@link CommandEnvelope} stands the request's message of
 * etcd's {@code etcdserverpb} as the client sent it, or as far as it is said below; its length
 * stands in the first four of the application's bytes, little endian.
 *
 * <p>Reads and watches are never in the log. The codes of writes are stored in logs and never
 * change their meaning.
 */
public final class KvCommand {
    /** Of the {@link CommandEnvelope}. */
    public static final int DOMAIN = 2;

    /** RangeRequest. */
    public static final byte RANGE = 32;

    /** TxnRequest in which no branch writes. */
    public static final byte TXN_READ = 33;

    /** HashKVRequest. */
    public static final byte HASH_KV = 34;

    /** LeaseTimeToLiveRequest. */
    public static final byte LEASE_TIME_TO_LIVE = 35;

    /** Nothing; LeaseLeasesResponse. */
    public static final byte LEASE_LIST = 36;

    /** Nothing; AlarmResponse. */
    public static final byte ALARM_LIST = 37;

    /** Nothing; see {@link KvStatus}. */
    public static final byte STORE_STATUS = 38;

    /**
     * Longs, little endian: the correlation ids of all watches of one client's stream. Answered by
     * one byte: 1 when each of them has been told all that there is and has reached the revision it
     * starts from, else 0. Answers of a port keep their order, so the edge may hand it on as a
     * progress notification at the answer's revision.
     */
    public static final byte PROGRESS = 39;

    /** Nothing; HashResponse. */
    public static final byte HASH = 40;

    /** Asks for a chunk of a range: {@link RangeChunk}. */
    public static final byte RANGE_CHUNK = 41;

    /**
     * WatchCreateRequest, of which the edge's own are of no meaning here: id, fragment, progress.
     */
    public static final byte WATCH = 48;

    /** PutRequest. */
    public static final byte PUT = 64;

    /** DeleteRangeRequest. */
    public static final byte DELETE_RANGE = 65;

    /** TxnRequest with a write in a branch. */
    public static final byte TXN = 66;

    /** CompactionRequest. */
    public static final byte COMPACT = 67;

    /** LeaseGrantRequest whose ID is chosen and whose TTL is not below the least. */
    public static final byte LEASE_GRANT = 68;

    /** LeaseRevokeRequest. */
    public static final byte LEASE_REVOKE = 69;

    /**
     * Longs, little endian: ids of leases to be renewed. Answered by pairs of longs: id and TTL in
     * seconds, 0 for what is not there.
     */
    public static final byte LEASE_KEEP_ALIVE = 70;

    /** AlarmRequest that raises or ends one. */
    public static final byte ALARM = 71;

    private static final int BODY_LENGTH_OFFSET = CommandEnvelope.APPLICATION_OFFSET;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private KvCommand() {}

    /** Whether a type reads. */
    public static boolean isRead(final byte type) {
        return type >= RANGE && type <= RANGE_CHUNK;
    }

    /** Whether a type changes state. */
    public static boolean isWrite(final byte type) {
        return type >= PUT && type <= ALARM;
    }

    /**
     * Writes the envelope of a command; the caller puts the body behind it.
     *
     * @param flags of {@link CommandEnvelope}.
     * @return the offset where the body goes.
     */
    public static int encode(
            final MutableDirectBuffer target,
            final int offset,
            final byte type,
            final int flags,
            final long correlationId,
            final long timestampNanos,
            final int bodyLength) {
        final int bodyOffset =
                CommandEnvelope.encode(
                        target,
                        offset,
                        DOMAIN,
                        type,
                        flags,
                        correlationId,
                        timestampNanos,
                        CommandEnvelope.PERMANENT);
        target.putInt(offset + BODY_LENGTH_OFFSET, bodyLength, ORDER);
        return bodyOffset;
    }

    /** Whether the body is as long as it says. What is in it, the application looks at. */
    public static boolean isWellFormed(
            final DirectBuffer buffer, final int offset, final int length) {
        return length >= CommandEnvelope.HEADER_LENGTH
                && buffer.getInt(offset + BODY_LENGTH_OFFSET, ORDER)
                        == length - CommandEnvelope.HEADER_LENGTH;
    }

    /** Where the body of a well-formed command begins in its buffer. */
    public static int bodyOffset(final CommandEnvelope command) {
        return command.offset() + CommandEnvelope.HEADER_LENGTH;
    }

    /** How long the body of a well-formed command is. */
    public static int bodyLength(final CommandEnvelope command) {
        return command.buffer().getInt(command.offset() + BODY_LENGTH_OFFSET, ORDER);
    }
}
