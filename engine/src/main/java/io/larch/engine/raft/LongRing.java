package io.larch.engine.raft;

/**
 * Longs one behind the other: added at the end, taken from both ends. Grows when it is full and
 * never shrinks, so a steady stream makes no garbage. Single-threaded.
 */
public final class LongRing {
    private static final int FIRST_CAPACITY = 16;

    /** Its length is a power of two. */
    private long[] values = new long[FIRST_CAPACITY];

    private int head;
    private int count;

    public int count() {
        return count;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public void add(final long value) {
        if (count == values.length) {
            grow();
        }
        values[slot(count)] = value;
        count++;
    }

    /** The one at a place, counted from the first; 0 to {@link #count} - 1. */
    public long get(final int i) {
        return values[slot(i)];
    }

    /** The one that was added first; there must be one. */
    public long first() {
        return values[head];
    }

    /** The one that was added last; there must be one. */
    public long last() {
        return values[slot(count - 1)];
    }

    /** Takes the first one out; there must be one. */
    public long removeFirst() {
        final long value = values[head];
        head = slot(1);
        count--;
        return value;
    }

    /** Takes the last one out; there must be one. */
    public long removeLast() {
        final long value = last();
        count--;
        return value;
    }

    public void clear() {
        head = 0;
        count = 0;
    }

    private void grow() {
        final long[] grown = new long[values.length * 2];
        for (int i = 0; i < count; i++) {
            grown[i] = get(i);
        }
        values = grown;
        head = 0;
    }

    private int slot(final int i) {
        return head + i & values.length - 1;
    }
}
