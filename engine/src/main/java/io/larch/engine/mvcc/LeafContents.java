package io.larch.engine.mvcc;

/** What a leaf of a {@link KeyTree} is to hold: keys in order, as {@link KeySort} tells them. */
final class LeafContents {
    private final int[] entries = new int[LeafNodes.CAPACITY];
    private final long[] heads = new long[LeafNodes.CAPACITY];
    private int count;
    private int skip;

    boolean isEmpty() {
        return count == 0;
    }

    boolean isFull() {
        return count == LeafNodes.CAPACITY;
    }

    void clear() {
        count = 0;
    }

    /** Adds the next key. */
    void add(final int entry, final long head, final int headSkip) {
        skip = count == 0 || skip == headSkip ? headSkip : KeySort.NO_HEADS;
        entries[count] = entry;
        heads[count] = head;
        count++;
    }

    int count() {
        return count;
    }

    int entry(final int position) {
        return entries[position];
    }

    /** How many bytes all heads skip; {@link KeySort#NO_HEADS} if not all the same. */
    int skip() {
        return skip;
    }

    long head(final int position) {
        return heads[position];
    }
}
