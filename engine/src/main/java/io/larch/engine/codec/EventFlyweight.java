package io.larch.engine.codec;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * An event or the result of a read, as it travels from the engine to the edges and lies in the
 * event history. Little endian.
 *
 * <pre>
 *   0        1       2          8                16
 *   +--------+-------+----------+----------------+-----------------------------
 *   | action | flags | reserved | storeIndex     | node record, prevNode record
 *   +--------+-------+----------+----------------+-----------------------------
 * </pre>
 *
 * {@code storeIndex} is the event's index for a change. A prevNode record is there if {@link
 * #HAS_PREV_NODE} is set.
 *
 * <p>A node record, followed by its children's records depth first:
 *
 * <pre>
 *   0       1          4           8             12           16
 *   +-------+----------+-----------+-------------+------------+
 *   | flags | reserved | keyLength | valueLength | childCount |
 *   +-------+----------+-----------+-------------+------------+
 *   16                24               32                 40           48
 *   +-----------------+----------------+------------------+------------+------------------------
 *   | modifiedIndex   | createdIndex   | expirationNanos  | ttlSeconds | key, value | children...
 *   +-----------------+----------------+------------------+------------+------------------------
 * </pre>
 *
 * {@code key} is the full path, empty for the root. A value is printed iff {@link #NODE_HAS_VALUE}
 * is set. {@code ttlSeconds} is the rounded-up remaining time at the moment of the event (of the
 * read, for a read), 0 when there is none.
 */
public final class EventFlyweight {
    public static final int ACTION_OFFSET = 0;
    public static final int FLAGS_OFFSET = 1;
    public static final int STORE_INDEX_OFFSET = 8;
    public static final int HEADER_LENGTH = 16;

    /** Flag of an event: a prevNode record follows the node's. */
    public static final int HAS_PREV_NODE = 1;

    /**
     * Flag of an event: made by a refresh; takes a slot of the history but is shown to no watcher.
     */
    public static final int REFRESH = 1 << 1;

    /** Flag of an event: the node removed, or replaced, was a directory. */
    public static final int DIR_REMOVED = 1 << 2;

    public static final int NODE_FLAGS_OFFSET = 0;
    public static final int NODE_KEY_LENGTH_OFFSET = 4;
    public static final int NODE_VALUE_LENGTH_OFFSET = 8;
    public static final int NODE_CHILD_COUNT_OFFSET = 12;
    public static final int NODE_MODIFIED_OFFSET = 16;
    public static final int NODE_CREATED_OFFSET = 24;
    public static final int NODE_EXPIRATION_OFFSET = 32;
    public static final int NODE_TTL_OFFSET = 40;
    public static final int NODE_HEADER_LENGTH = 48;

    public static final int NODE_DIR = 1;
    public static final int NODE_HAS_VALUE = 1 << 1;
    public static final int NODE_HAS_EXPIRATION = 1 << 2;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private EventFlyweight() {}

    /**
     * @return the offset where the node record goes.
     */
    public static int encodeHeader(
            final MutableDirectBuffer target,
            final int offset,
            final Action action,
            final int flags,
            final long storeIndex) {
        target.putLong(offset, 0L, ORDER);
        target.putByte(offset + ACTION_OFFSET, (byte) action.ordinal());
        target.putByte(offset + FLAGS_OFFSET, (byte) flags);
        target.putLong(offset + STORE_INDEX_OFFSET, storeIndex, ORDER);
        return offset + HEADER_LENGTH;
    }

    /** Whether bytes begin as an event of an action, whichever application they are of. */
    public static boolean beginsWith(
            final Action action, final DirectBuffer buffer, final int offset) {
        return buffer.getByte(offset + ACTION_OFFSET) == action.ordinal();
    }

    public static Action action(final DirectBuffer buffer, final int offset) {
        return Action.of(buffer.getByte(offset + ACTION_OFFSET));
    }

    public static int flags(final DirectBuffer buffer, final int offset) {
        return buffer.getByte(offset + FLAGS_OFFSET) & 0xFF;
    }

    public static long storeIndex(final DirectBuffer buffer, final int offset) {
        return buffer.getLong(offset + STORE_INDEX_OFFSET, ORDER);
    }

    /**
     * Writes a node's fixed part; the caller puts key and value behind it.
     *
     * @return the offset where the key goes.
     */
    public static int encodeNode(
            final MutableDirectBuffer target,
            final int offset,
            final int flags,
            final int keyLength,
            final int valueLength,
            final int childCount,
            final long modifiedIndex,
            final long createdIndex,
            final long expirationNanos,
            final long ttlSeconds) {
        target.putInt(offset + NODE_FLAGS_OFFSET, flags, ORDER);
        target.putInt(offset + NODE_KEY_LENGTH_OFFSET, keyLength, ORDER);
        target.putInt(offset + NODE_VALUE_LENGTH_OFFSET, valueLength, ORDER);
        target.putInt(offset + NODE_CHILD_COUNT_OFFSET, childCount, ORDER);
        target.putLong(offset + NODE_MODIFIED_OFFSET, modifiedIndex, ORDER);
        target.putLong(offset + NODE_CREATED_OFFSET, createdIndex, ORDER);
        target.putLong(offset + NODE_EXPIRATION_OFFSET, expirationNanos, ORDER);
        target.putLong(offset + NODE_TTL_OFFSET, ttlSeconds, ORDER);
        return offset + NODE_HEADER_LENGTH;
    }

    /** Sets the number of children once it is known. */
    public static void childCount(
            final MutableDirectBuffer target, final int nodeOffset, final int childCount) {
        target.putInt(nodeOffset + NODE_CHILD_COUNT_OFFSET, childCount, ORDER);
    }

    /** Sets a node's modifiedIndex. */
    public static void modifiedIndex(
            final MutableDirectBuffer target, final int nodeOffset, final long modifiedIndex) {
        target.putLong(nodeOffset + NODE_MODIFIED_OFFSET, modifiedIndex, ORDER);
    }

    public static int nodeFlags(final DirectBuffer buffer, final int nodeOffset) {
        return buffer.getInt(nodeOffset + NODE_FLAGS_OFFSET, ORDER);
    }

    public static int keyLength(final DirectBuffer buffer, final int nodeOffset) {
        return buffer.getInt(nodeOffset + NODE_KEY_LENGTH_OFFSET, ORDER);
    }

    public static int valueLength(final DirectBuffer buffer, final int nodeOffset) {
        return buffer.getInt(nodeOffset + NODE_VALUE_LENGTH_OFFSET, ORDER);
    }

    public static int childCount(final DirectBuffer buffer, final int nodeOffset) {
        return buffer.getInt(nodeOffset + NODE_CHILD_COUNT_OFFSET, ORDER);
    }

    public static long modifiedIndex(final DirectBuffer buffer, final int nodeOffset) {
        return buffer.getLong(nodeOffset + NODE_MODIFIED_OFFSET, ORDER);
    }

    public static long createdIndex(final DirectBuffer buffer, final int nodeOffset) {
        return buffer.getLong(nodeOffset + NODE_CREATED_OFFSET, ORDER);
    }

    public static long expirationNanos(final DirectBuffer buffer, final int nodeOffset) {
        return buffer.getLong(nodeOffset + NODE_EXPIRATION_OFFSET, ORDER);
    }

    public static long ttlSeconds(final DirectBuffer buffer, final int nodeOffset) {
        return buffer.getLong(nodeOffset + NODE_TTL_OFFSET, ORDER);
    }

    public static int keyOffset(final int nodeOffset) {
        return nodeOffset + NODE_HEADER_LENGTH;
    }

    public static int valueOffset(final DirectBuffer buffer, final int nodeOffset) {
        return keyOffset(nodeOffset) + keyLength(buffer, nodeOffset);
    }

    /** The offset just behind a node's own record: of its first child, if it has any. */
    public static int nodeEnd(final DirectBuffer buffer, final int nodeOffset) {
        return valueOffset(buffer, nodeOffset) + valueLength(buffer, nodeOffset);
    }
}
