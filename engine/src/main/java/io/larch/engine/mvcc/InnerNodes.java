package io.larch.engine.mvcc;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * The nodes above the leaves of a {@link KeyTree}. Each entry is a child, how many live keys are
 * below it, and the separator: no key below is less than it, and all keys below the children to the
 * left are. The first child has no separator.
 *
 * <pre>
 *   0       4       8        16
 *   +-------+-------+--------+--------+-------------+---------+---------
 *   | count | level | skip   | head.. | separator.. | child.. | live..
 *   +-------+-------+--------+--------+-------------+---------+---------
 * </pre>
 *
 * All separators share their first {@code skip} bytes; heads are what follows on these.
 */
final class InnerNodes {
    static final int CAPACITY =
            (Nodes.LENGTH - Nodes.HEADER_LENGTH) / (2 * Long.BYTES + 2 * Integer.BYTES);

    private static final int HEADS = Nodes.HEADER_LENGTH;
    private static final int SEPARATORS = HEADS + CAPACITY * Long.BYTES;
    private static final int CHILDREN = SEPARATORS + CAPACITY * Long.BYTES;
    private static final int LIVES = CHILDREN + CAPACITY * Integer.BYTES;

    private final Nodes nodes;
    private final Separators separators;
    private final UnsafeBuffer one = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer other = new UnsafeBuffer(0, 0);

    InnerNodes(final Nodes nodes, final Separators separators) {
        this.nodes = nodes;
        this.separators = separators;
    }

    int child(final int node, final int position) {
        return nodes.buffer(node).getInt(offset(node, CHILDREN, Integer.BYTES, position));
    }

    int live(final int node, final int position) {
        return nodes.buffer(node).getInt(offset(node, LIVES, Integer.BYTES, position));
    }

    void live(final int node, final int position, final int live) {
        nodes.buffer(node).putInt(offset(node, LIVES, Integer.BYTES, position), live);
    }

    long separator(final int node, final int position) {
        return nodes.buffer(node).getLong(offset(node, SEPARATORS, Long.BYTES, position));
    }

    private int offset(final int node, final int column, final int width, final int position) {
        return nodes.offset(node) + column + position * width;
    }

    private UnsafeBuffer key(final int node, final int position, final UnsafeBuffer target) {
        return separators.wrap(separator(node, position), target);
    }

    private long head(final int node, final int position) {
        return nodes.buffer(node).getLong(offset(node, HEADS, Long.BYTES, position));
    }

    /** How many live keys are below the entries before a position. */
    int countLive(final int node, final int before) {
        final UnsafeBuffer buffer = nodes.buffer(node);
        final int offset = offset(node, LIVES, Integer.BYTES, 0);
        int live = 0;
        for (int i = 0; i < before; i++) {
            live += buffer.getInt(offset + i * Integer.BYTES);
        }
        return live;
    }

    /** The position of the child below which a key belongs. */
    int route(final int node, final UnsafeBuffer key) {
        final int count = nodes.count(node);
        if (count == 1) {
            return 0;
        }
        final int skip = nodes.skip(node);
        if (skip > 0) {
            final int same = KeyBytes.commonPrefix(key, key(node, 1, one));
            if (same < skip) {
                return KeyBytes.order(key, one, same) < 0 ? 0 : count - 1;
            }
        }
        final long head = KeyBytes.head(key, skip);
        final UnsafeBuffer buffer = nodes.buffer(node);
        final int offset = offset(node, HEADS, Long.BYTES, 0);
        int low = Heads.lowerBound(buffer, offset, 1, count, head);
        if (low == count || buffer.getLong(offset + low * Long.BYTES) != head) {
            return low - 1;
        }
        int high = Heads.upperBound(buffer, offset, low, count, head);
        while (low < high) {
            final int middle = low + high >>> 1;
            if (KeyBytes.compare(key, key(node, middle, one)) < 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low - 1;
    }

    /** Appends a child to a node that has none, or one below which all is less than a separator. */
    void append(final int node, final long separator, final int child, final int live) {
        insert(node, nodes.count(node), separator, child, live);
    }

    /** Inserts a child; there must be room. The first one of a node has no separator. */
    void insert(
            final int node,
            final int position,
            final long separator,
            final int child,
            final int live) {
        final int count = nodes.count(node);
        if (count == 1) {
            nodes.skip(node, separators.wrap(separator, one).capacity());
        } else if (count > 1) {
            final int same =
                    KeyBytes.commonPrefix(separators.wrap(separator, one), key(node, 1, other));
            if (same < nodes.skip(node)) {
                rebuildHeads(node, same);
            }
        }
        nodes.open(node, HEADS, Long.BYTES, position, count);
        nodes.open(node, SEPARATORS, Long.BYTES, position, count);
        nodes.open(node, CHILDREN, Integer.BYTES, position, count);
        nodes.open(node, LIVES, Integer.BYTES, position, count);
        nodes.buffer(node).putLong(offset(node, SEPARATORS, Long.BYTES, position), separator);
        nodes.buffer(node).putInt(offset(node, CHILDREN, Integer.BYTES, position), child);
        live(node, position, live);
        nodes.count(node, count + 1);
        if (position > 0) {
            putHead(node, position, nodes.skip(node));
        }
    }

    /**
     * Removes a child. If it is the first, what was below it and its neighbour has no bound to the
     * left any more.
     */
    void remove(final int node, final int position) {
        final int count = nodes.count(node);
        final int parted = Math.max(position, 1);
        if (count > 1) {
            separators.free(separator(node, parted));
            nodes.close(node, HEADS, Long.BYTES, parted, count);
            nodes.close(node, SEPARATORS, Long.BYTES, parted, count);
        }
        nodes.close(node, CHILDREN, Integer.BYTES, position, count);
        nodes.close(node, LIVES, Integer.BYTES, position, count);
        nodes.count(node, count - 1);
    }

    /**
     * Moves the entries from a position on, which is not 0, to an empty node.
     *
     * @return the separator between the two.
     */
    long split(final int node, final int position, final int right) {
        final int count = nodes.count(node);
        final int moved = count - position;
        final long between = separator(node, position);
        nodes.skip(right, nodes.skip(node));
        nodes.copy(node, HEADS, Long.BYTES, position, right, 0, moved);
        nodes.copy(node, SEPARATORS, Long.BYTES, position, right, 0, moved);
        nodes.copy(node, CHILDREN, Integer.BYTES, position, right, 0, moved);
        nodes.copy(node, LIVES, Integer.BYTES, position, right, 0, moved);
        nodes.count(right, moved);
        nodes.count(node, position);
        sharpen(node);
        sharpen(right);
        return between;
    }

    /** Moves all entries of a node behind those of its left neighbour, which has the room. */
    void merge(final int left, final long between, final int right) {
        final int count = nodes.count(left);
        final int more = nodes.count(right);
        nodes.copy(right, SEPARATORS, Long.BYTES, 0, left, count, more);
        nodes.copy(right, CHILDREN, Integer.BYTES, 0, left, count, more);
        nodes.copy(right, LIVES, Integer.BYTES, 0, left, count, more);
        nodes.buffer(left).putLong(offset(left, SEPARATORS, Long.BYTES, count), between);
        nodes.count(left, count + more);
        rebuildHeads(left);
    }

    /**
     * Takes out an entry other than the first, whose child's contents have gone to its neighbour.
     *
     * @return its separator, which the caller owns now.
     */
    long take(final int node, final int position) {
        final int count = nodes.count(node);
        final long separator = separator(node, position);
        live(node, position - 1, live(node, position - 1) + live(node, position));
        nodes.close(node, HEADS, Long.BYTES, position, count);
        nodes.close(node, SEPARATORS, Long.BYTES, position, count);
        nodes.close(node, CHILDREN, Integer.BYTES, position, count);
        nodes.close(node, LIVES, Integer.BYTES, position, count);
        nodes.count(node, count - 1);
        return separator;
    }

    private void sharpen(final int node) {
        final int count = nodes.count(node);
        for (int i = 2; i < count; i++) {
            if (head(node, i) == head(node, i - 1)) {
                rebuildHeads(node);
                return;
            }
        }
    }

    private void rebuildHeads(final int node) {
        final int count = nodes.count(node);
        if (count > 1) {
            rebuildHeads(
                    node, KeyBytes.commonPrefix(key(node, 1, one), key(node, count - 1, other)));
        }
    }

    private void rebuildHeads(final int node, final int skip) {
        nodes.skip(node, skip);
        final int count = nodes.count(node);
        for (int i = 1; i < count; i++) {
            putHead(node, i, skip);
        }
    }

    private void putHead(final int node, final int position, final int skip) {
        final long head = KeyBytes.head(key(node, position, other), skip);
        nodes.buffer(node).putLong(offset(node, HEADS, Long.BYTES, position), head);
    }
}
