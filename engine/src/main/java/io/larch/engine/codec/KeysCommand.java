package io.larch.engine.codec;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * View over one command of the keys' domain: a {@link CommandEnvelope} with these fields of its
 * own. Little endian.
 *
 * <pre>
 *   4            7         32               40            44                48
 *   +------------+-- ... --+----------------+-------------+-----------------+
 *   | pathLength |         | index          | valueLength | prevValueLength |
 *   +------------+-- ... --+----------------+-------------+-----------------+
 *   72
 *   +------+-------+----------
 *   | path | value | prevValue
 *   +------+-------+----------
 * </pre>
 *
 * <ul>
 *   <li>{@code pathLength}: three bytes; the fourth is the envelope's domain, which is 0.
 *   <li>{@code index}: prevIndex of a compare (0 = none), waitIndex of a watch (0 = from now); of a
 *       SYNC with {@link CommandEnvelope#CLUSTER_TIME}: nanoseconds from the cluster's time to the
 *       wall clock.
 *   <li>{@code path}: without trailing slash, {@code "/"} for the root, any bytes but {@code '/'}
 *       within components.
 * </ul>
 *
 * <p>The cluster's own commands (SYNC, PUBLISH_MEMBER, CLUSTER_VERSION) have this layout too.
 *
 * <p>Not threadsafe. The wrapped buffer stays owned by its owner.
 */
public final class KeysCommand {
    /** Of the envelope. */
    public static final int DOMAIN = 0;

    public static final int PATH_LENGTH_OFFSET = 4;
    public static final int INDEX_OFFSET = CommandEnvelope.APPLICATION_OFFSET;
    public static final int VALUE_LENGTH_OFFSET = INDEX_OFFSET + Long.BYTES;
    public static final int PREV_VALUE_LENGTH_OFFSET = VALUE_LENGTH_OFFSET + Integer.BYTES;
    public static final int HEADER_LENGTH = CommandEnvelope.HEADER_LENGTH;

    /** The node to write is a directory; on a delete: directories may be deleted. */
    public static final int DIR = 1;

    public static final int RECURSIVE = 1 << 1;
    public static final int SORTED = 1 << 2;

    /** Keep the value, change the TTL, notify nobody. */
    public static final int REFRESH = 1 << 4;

    /** A watch that goes on after its first event. */
    public static final int STREAM = 1 << 5;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private DirectBuffer buffer;
    private int offset;

    /**
     * Looks at a command that starts at the offset. Check {@link #isWellFormed} first if the bytes
     * are not trusted.
     */
    public KeysCommand wrap(final DirectBuffer buffer, final int offset) {
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
        CommandEnvelope.encode(
                target,
                offset,
                DOMAIN,
                type.code(),
                flags,
                correlationId,
                timestampNanos,
                expirationNanos);
        target.putInt(offset + PATH_LENGTH_OFFSET, pathLength, ORDER);
        target.putLong(offset + INDEX_OFFSET, index, ORDER);
        target.putInt(offset + VALUE_LENGTH_OFFSET, valueLength, ORDER);
        target.putInt(offset + PREV_VALUE_LENGTH_OFFSET, prevValueLength, ORDER);
        return offset + HEADER_LENGTH;
    }

    public CommandType type() {
        return CommandType.of(buffer.getByte(offset + CommandEnvelope.TYPE_OFFSET));
    }

    public int flags() {
        return buffer.getByte(offset + CommandEnvelope.FLAGS_OFFSET) & 0xFF;
    }

    public boolean has(final int flag) {
        return (flags() & flag) != 0;
    }

    public long correlationId() {
        return buffer.getLong(offset + CommandEnvelope.CORRELATION_ID_OFFSET, ORDER);
    }

    public long timestampNanos() {
        return buffer.getLong(offset + CommandEnvelope.TIMESTAMP_OFFSET, ORDER);
    }

    public long expirationNanos() {
        return buffer.getLong(offset + CommandEnvelope.EXPIRATION_OFFSET, ORDER);
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
