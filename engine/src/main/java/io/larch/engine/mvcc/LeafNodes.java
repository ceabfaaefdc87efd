package io.larch.engine.mvcc;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * The leaves of a {@link KeyTree}: keys in order, each as 8 bytes of itself and the id of its
 * newest version, by which the rest of it is read when those 8 bytes do not tell.
 *
 * <pre>
 *   0       4       8        16                  16 + 8 * CAPACITY
 *   +-------+-------+--------+-------------------+-----------------
 *   | count | level | skip   | head, head ...    | entry, entry ...
 *   +-------+-------+--------+-------------------+-----------------
 * </pre>
 *
 * All keys of a leaf share at least their first {@code skip} bytes; heads are what follows on
 * these. An entry is an id, with the highest bit set when that version is a deletion.
 */
final class LeafNodes {
    static final int LEVEL = 0;
    static final int CAPACITY = (Nodes.LENGTH - Nodes.HEADER_LENGTH) / (Long.BYTES + Integer.BYTES);

    private static final int HEADS = Nodes.HEADER_LENGTH;
    private static final int ENTRIES = HEADS + CAPACITY * Long.BYTES;
    private static final int DELETED = Integer.MIN_VALUE;

    private final Nodes nodes;
    private final VersionKeys keys;
    private final UnsafeBuffer one = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer other = new UnsafeBuffer(0, 0);

    LeafNodes(final Nodes nodes, final VersionKeys keys) {
        this.nodes = nodes;
        this.keys = keys;
    }

    static int entry(final int id, final boolean isDeleted) {
        return isDeleted ? id | DELETED : id;
    }

    static int idOf(final int entry) {
        return entry & ~DELETED;
    }

    static boolean isLive(final int entry) {
        return entry > 0;
    }

    int entry(final int leaf, final int position) {
        return nodes.buffer(leaf).getInt(entryOffset(leaf, position));
    }

    void replace(final int leaf, final int position, final int entry) {
        nodes.buffer(leaf).putInt(entryOffset(leaf, position), entry);
    }

    private int entryOffset(final int leaf, final int position) {
        return nodes.offset(leaf) + ENTRIES + position * Integer.BYTES;
    }

    private int headOffset(final int leaf, final int position) {
        return nodes.offset(leaf) + HEADS + position * Long.BYTES;
    }

    private long head(final int leaf, final int position) {
        return nodes.buffer(leaf).getLong(headOffset(leaf, position));
    }

    private UnsafeBuffer key(final int leaf, final int position, final UnsafeBuffer target) {
        return keys.wrap(idOf(entry(leaf, position)), target);
    }

    /** How many live keys stand before a position. */
    int countLive(final int leaf, final int before) {
        final UnsafeBuffer buffer = nodes.buffer(leaf);
        final int offset = entryOffset(leaf, 0);
        int live = 0;
        for (int i = 0; i < before; i++) {
            live += 1 - (buffer.getInt(offset + i * Integer.BYTES) >>> 31);
        }
        return live;
    }

    /**
     * Looks for a key.
     *
     * @return its position, or {@code -1 - p} if it is not there and p is where it belongs.
     */
    int search(final int leaf, final UnsafeBuffer key) {
        final int count = nodes.count(leaf);
        final int skip = nodes.skip(leaf);
        // The heads are asked first, as if the key shared what all share: if it is there, it does.
        if (count > 0 && key.capacity() >= skip) {
            final int position = searchHeads(leaf, count, key, KeyBytes.head(key, skip));
            if (position >= 0 || skip == 0) {
                return position;
            }
            final int same = KeyBytes.commonPrefix(key, key(leaf, 0, one));
            if (same >= skip) {
                return position;
            }
            return KeyBytes.order(key, one, same) < 0 ? -1 : -1 - count;
        }
        return count == 0 || KeyBytes.compare(key, key(leaf, 0, one)) < 0 ? -1 : -1 - count;
    }

    private int searchHeads(
            final int leaf, final int count, final UnsafeBuffer key, final long head) {
        final UnsafeBuffer buffer = nodes.buffer(leaf);
        final int offset = headOffset(leaf, 0);
        int low = Heads.lowerBound(buffer, offset, 0, count, head);
        if (low == count || buffer.getLong(offset + low * Long.BYTES) != head) {
            return -1 - low;
        }
        // Mostly there is only one with this head.
        int high = low + 1;
        if (high < count && buffer.getLong(offset + high * Long.BYTES) == head) {
            high = Heads.upperBound(buffer, offset, high, count, head);
        }
        while (low < high) {
            final int middle = low + high >>> 1;
            final int order = KeyBytes.compare(key, key(leaf, middle, one));
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return -1 - low;
    }

    /** Inserts a key where {@link #search} said that it belongs; there must be room. */
    void insert(final int leaf, final int position, final UnsafeBuffer key, final int entry) {
        final int count = nodes.count(leaf);
        if (count == 0) {
            nodes.skip(leaf, key.capacity());
        } else {
            final int same = KeyBytes.commonPrefix(key, key(leaf, 0, one));
            if (same < nodes.skip(leaf)) {
                rebuildHeads(leaf, same);
            }
        }
        nodes.open(leaf, HEADS, Long.BYTES, position, count);
        nodes.open(leaf, ENTRIES, Integer.BYTES, position, count);
        nodes.buffer(leaf)
                .putLong(headOffset(leaf, position), KeyBytes.head(key, nodes.skip(leaf)));
        replace(leaf, position, entry);
        nodes.count(leaf, count + 1);
    }

    /** Gives an empty leaf what it is to hold. */
    void fill(final int leaf, final LeafContents contents) {
        final int count = contents.count();
        for (int i = 0; i < count; i++) {
            replace(leaf, i, contents.entry(i));
        }
        nodes.count(leaf, count);
        final int same = KeyBytes.commonPrefix(key(leaf, 0, one), key(leaf, count - 1, other));
        if (contents.skip() <= 0 || contents.skip() > same) {
            rebuildHeads(leaf, same);
            return;
        }
        // So that no key has to be read: what is in front of the heads is the same for all.
        nodes.skip(leaf, contents.skip() - 1);
        final byte before = one.getByte(contents.skip() - 1);
        for (int i = 0; i < count; i++) {
            nodes.buffer(leaf)
                    .putLong(headOffset(leaf, i), KeySort.wideHead(contents.head(i), before));
        }
    }

    void remove(final int leaf, final int position) {
        final int count = nodes.count(leaf);
        nodes.close(leaf, HEADS, Long.BYTES, position, count);
        nodes.close(leaf, ENTRIES, Integer.BYTES, position, count);
        nodes.count(leaf, count - 1);
    }

    /** Moves the entries from a position on to an empty leaf. */
    void split(final int leaf, final int position, final int right) {
        final int count = nodes.count(leaf);
        nodes.skip(right, nodes.skip(leaf));
        nodes.copy(leaf, HEADS, Long.BYTES, position, right, 0, count - position);
        nodes.copy(leaf, ENTRIES, Integer.BYTES, position, right, 0, count - position);
        nodes.count(right, count - position);
        nodes.count(leaf, position);
        sharpen(leaf);
        sharpen(right);
    }

    /** Moves all entries of a leaf behind those of its left neighbour, which has the room. */
    void merge(final int left, final int right) {
        final int count = nodes.count(left);
        final int more = nodes.count(right);
        nodes.copy(right, ENTRIES, Integer.BYTES, 0, left, count, more);
        nodes.count(left, count + more);
        rebuildHeads(left);
    }

    /** Lets heads begin further back in the keys where they do not tell all keys apart. */
    private void sharpen(final int leaf) {
        final int count = nodes.count(leaf);
        for (int i = 1; i < count; i++) {
            if (head(leaf, i) == head(leaf, i - 1)) {
                rebuildHeads(leaf);
                return;
            }
        }
    }

    private void rebuildHeads(final int leaf) {
        final int count = nodes.count(leaf);
        if (count > 0) {
            rebuildHeads(
                    leaf, KeyBytes.commonPrefix(key(leaf, 0, one), key(leaf, count - 1, other)));
        }
    }

    private void rebuildHeads(final int leaf, final int skip) {
        nodes.skip(leaf, skip);
        final int count = nodes.count(leaf);
        for (int i = 0; i < count; i++) {
            nodes.buffer(leaf)
                    .putLong(headOffset(leaf, i), KeyBytes.head(key(leaf, i, other), skip));
        }
    }
}
