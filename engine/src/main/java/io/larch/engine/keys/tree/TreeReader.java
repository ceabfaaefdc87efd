package io.larch.engine.keys.tree;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.EventFlyweight;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.IntArrayList;

/**
 * Encodes nodes and listings as {@link EventFlyweight} lays them out. Listings are always sorted by
 * bytes; the cost of sorting is paid by who lists, not by who inserts.
 */
public final class TreeReader {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** Children looked at in one call; a read that needs more is made in slices. */
    private static final int MAX_CHILDREN = 4096;

    private final KeyTree tree;
    private final NodeFlyweight node = new NodeFlyweight();
    private final NodeFlyweight child = new NodeFlyweight();
    private final ExpandableArrayBuffer path = new ExpandableArrayBuffer(512);
    private final IntArrayList frameBases = new IntArrayList();
    private final IntArrayList framePathLengths = new IntArrayList();
    private final NameSort sorter;
    private long[] stack = new long[64];
    private int stackSize;
    private int childrenLeft;
    private boolean isLasting;

    public TreeReader(final KeyTree tree) {
        this.tree = tree;
        sorter = tree.nameSort();
    }

    /** Remaining time in seconds, rounded up, 0 without TTL. */
    public static long ttlSeconds(final long expirationNanos, final long nowNanos) {
        if (expirationNanos == CommandEnvelope.PERMANENT) {
            return 0;
        }
        final long remaining = expirationNanos - nowNanos;
        return remaining / NANOS_PER_SECOND + (remaining % NANOS_PER_SECOND > 0 ? 1 : 0);
    }

    /** The instant that clients are told; 0 without TTL. */
    public static long shownExpiration(final long expirationNanos, final long wallOffset) {
        if (expirationNanos == CommandEnvelope.PERMANENT) {
            return 0;
        }
        final long shown = expirationNanos + wallOffset;
        return wallOffset > 0 && shown < expirationNanos ? Long.MAX_VALUE : shown;
    }

    /** Length of a node's record without children. */
    public static int encodedLength(final int keyLength, final int valueLength) {
        return EventFlyweight.NODE_HEADER_LENGTH + keyLength + valueLength;
    }

    /**
     * Encodes one node without children.
     *
     * @return the end of its record.
     */
    public static int encode(
            final MutableDirectBuffer target,
            final int offset,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final NodeFlyweight node,
            final long nowNanos,
            final long wallOffset) {
        final boolean isDir = node.isDir();
        final long expirationNanos = node.expirationNanos();
        final int valueLength = isDir ? 0 : node.valueLength();
        final int at =
                EventFlyweight.encodeNode(
                        target,
                        offset,
                        (isDir ? EventFlyweight.NODE_DIR : EventFlyweight.NODE_HAS_VALUE)
                                | (expirationNanos == CommandEnvelope.PERMANENT
                                        ? 0
                                        : EventFlyweight.NODE_HAS_EXPIRATION),
                        keyLength,
                        valueLength,
                        0,
                        node.modifiedIndex(),
                        node.createdIndex(),
                        shownExpiration(expirationNanos, wallOffset),
                        ttlSeconds(expirationNanos, nowNanos));
        target.putBytes(at, key, keyOffset, keyLength);
        target.putBytes(at + keyLength, node.payload(), node.nameLength(), valueLength);
        return at + keyLength + valueLength;
    }

    /**
     * Encodes a node with its visible children, or all that is visible below it.
     *
     * @param maxEnd the end must not lie behind it.
     * @return the end of the record, -1 when it takes more than can be done in one go.
     */
    public int list(
            final MutableDirectBuffer target,
            final int offset,
            final int id,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final boolean isRecursive,
            final long nowNanos,
            final long wallOffset,
            final int maxEnd) {
        isLasting = false;
        tree.get(id, node);
        if ((long) offset + encodedLength(keyLength, node.valueLength()) > maxEnd) {
            return -1;
        }
        int end = encode(target, offset, key, keyOffset, keyLength, node, nowNanos, wallOffset);
        boolean hasTtl = node.expirationNanos() != CommandEnvelope.PERMANENT;
        if (!node.isDir() || node.firstChild() == 0) {
            return end;
        }
        path.putBytes(0, key, keyOffset, keyLength);
        frameBases.clear();
        framePathLengths.clear();
        stackSize = 0;
        childrenLeft = MAX_CHILDREN;
        open(target, offset, node.firstChild(), keyLength);
        while (!frameBases.isEmpty() && childrenLeft >= 0) {
            final int top = frameBases.size() - 1;
            if (stackSize == frameBases.getInt(top)) {
                frameBases.popInt();
                framePathLengths.popInt();
                continue;
            }
            tree.view(stack[--stackSize], node);
            final int pathLength = KeyTree.appendName(path, framePathLengths.getInt(top), node);
            final int nodeOffset = end;
            if ((long) end + encodedLength(pathLength, node.valueLength()) > maxEnd) {
                return -1;
            }
            end = encode(target, nodeOffset, path, 0, pathLength, node, nowNanos, wallOffset);
            hasTtl |= node.expirationNanos() != CommandEnvelope.PERMANENT;
            if (isRecursive && node.isDir() && node.firstChild() != 0) {
                open(target, nodeOffset, node.firstChild(), pathLength);
            }
        }
        if (childrenLeft < 0) {
            return -1;
        }
        isLasting = !hasTtl;
        return end;
    }

    /** Whether what was listed last has children, is whole, and does not change with the time. */
    public boolean isLasting() {
        return isLasting;
    }

    /** Puts a directory's visible children on the stack, the first of them on top. */
    private void open(
            final MutableDirectBuffer target,
            final int nodeOffset,
            final int firstChild,
            final int pathLength) {
        final int base = stackSize;
        for (int id = firstChild; id != 0; id = child.nextSibling()) {
            if (--childrenLeft < 0) {
                return;
            }
            tree.get(id, child);
            if (!child.isHidden()) {
                if (stackSize == stack.length) {
                    stack = Arrays.copyOf(stack, stackSize * 2);
                }
                stack[stackSize++] = child.address();
            }
        }
        final int count = stackSize - base;
        EventFlyweight.childCount(target, nodeOffset, count);
        sorter.sort(stack, base, stackSize);
        for (int low = base, high = stackSize - 1; low < high; low++, high--) {
            swap(low, high);
        }
        frameBases.addInt(base);
        framePathLengths.addInt(pathLength);
    }

    private void swap(final int i, final int j) {
        final long address = stack[i];
        stack[i] = stack[j];
        stack[j] = address;
    }
}
