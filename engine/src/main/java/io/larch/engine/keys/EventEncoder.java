package io.larch.engine.keys;

import io.larch.engine.codec.Action;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.keys.tree.NodeFlyweight;
import io.larch.engine.keys.tree.TreeReader;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Encodes changes of a node in view as {@link EventFlyweight} lays them out, from offset 0. What is
 * left of a TTL counts from {@code nowNanos}; the instant that clients are told of is {@code
 * wallOffset} later than the tree's.
 */
final class EventEncoder {
    private EventEncoder() {}

    /**
     * Encodes a new node.
     *
     * @return the end of the event.
     */
    static int encodeNew(
            final MutableDirectBuffer event,
            final Action action,
            final long newIndex,
            final CommandKey key,
            final NodeFlyweight node,
            final long nowNanos,
            final long wallOffset) {
        return TreeReader.encode(
                event,
                EventFlyweight.encodeHeader(event, 0, action, 0, newIndex),
                key.buffer(),
                key.offset(),
                key.length(),
                node,
                nowNanos,
                wallOffset);
    }

    /**
     * Encodes a node before its change, behind the room for the changed one.
     *
     * @return the end of the event.
     */
    static int encodePrevious(
            final MutableDirectBuffer event,
            final int newValueLength,
            final CommandKey key,
            final NodeFlyweight node,
            final long nowNanos,
            final long wallOffset) {
        final int offset =
                EventFlyweight.HEADER_LENGTH
                        + TreeReader.encodedLength(key.length(), newValueLength);
        return TreeReader.encode(
                event,
                offset,
                key.buffer(),
                key.offset(),
                key.length(),
                node,
                nowNanos,
                wallOffset);
    }

    /** Encodes the event's head and the node after its change. */
    static void encodeChanged(
            final MutableDirectBuffer event,
            final Action action,
            final boolean isRefresh,
            final long newIndex,
            final CommandKey key,
            final NodeFlyweight node,
            final long nowNanos,
            final long wallOffset) {
        final int flags = EventFlyweight.HAS_PREV_NODE | (isRefresh ? EventFlyweight.REFRESH : 0);
        final int offset = EventFlyweight.encodeHeader(event, 0, action, flags, newIndex);
        TreeReader.encode(
                event,
                offset,
                key.buffer(),
                key.offset(),
                key.length(),
                node,
                nowNanos,
                wallOffset);
        // A directory keeps its modifiedIndex, yet the event shows the new one.
        EventFlyweight.modifiedIndex(event, offset, newIndex);
    }

    /**
     * Encodes the removal of a node.
     *
     * @return the end of the event.
     */
    static int encodeRemoval(
            final MutableDirectBuffer event,
            final Action action,
            final int nodeFlags,
            final long newIndex,
            final DirectBuffer path,
            final int offset,
            final int length,
            final NodeFlyweight node,
            final long nowNanos,
            final long wallOffset) {
        final int flags =
                EventFlyweight.HAS_PREV_NODE | (node.isDir() ? EventFlyweight.DIR_REMOVED : 0);
        final int at =
                EventFlyweight.encodeNode(
                        event,
                        EventFlyweight.encodeHeader(event, 0, action, flags, newIndex),
                        nodeFlags,
                        length,
                        0,
                        0,
                        newIndex,
                        node.createdIndex(),
                        0,
                        0);
        event.putBytes(at, path, offset, length);
        return TreeReader.encode(
                event, at + length, path, offset, length, node, nowNanos, wallOffset);
    }
}
