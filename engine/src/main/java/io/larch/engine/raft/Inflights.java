package io.larch.engine.raft;

/**
 * Append messages to one follower that it has not answered: a ring of (last index, bytes).
 * Acknowledgements are cumulative.
 */
final class Inflights {
    private final int capacity;
    private final long maxBytes;
    private long[] lastIndexes = new long[16];
    private long[] lengths = new long[16];
    private int head;
    private int count;
    private long bytes;

    Inflights(final int capacity, final long maxBytes) {
        this.capacity = capacity;
        this.maxBytes = maxBytes;
    }

    boolean isFull() {
        return count >= capacity || bytes >= maxBytes;
    }

    int count() {
        return count;
    }

    long bytes() {
        return bytes;
    }

    void add(final long lastIndex, final long length) {
        if (count == lastIndexes.length) {
            grow();
        }
        final int at = (head + count) & (lastIndexes.length - 1);
        lastIndexes[at] = lastIndex;
        lengths[at] = length;
        count++;
        bytes += length;
    }

    /** All up to this index have arrived. */
    void freeTo(final long index) {
        while (count > 0 && lastIndexes[head] <= index) {
            bytes -= lengths[head];
            head = (head + 1) & (lastIndexes.length - 1);
            count--;
        }
    }

    /** Messages that end behind this index were not sent after all. */
    void dropAfter(final long index) {
        while (count > 0) {
            final int at = (head + count - 1) & (lastIndexes.length - 1);
            if (lastIndexes[at] <= index) {
                return;
            }
            bytes -= lengths[at];
            count--;
        }
    }

    void clear() {
        head = 0;
        count = 0;
        bytes = 0;
    }

    private void grow() {
        final long[] indexes = new long[lastIndexes.length * 2];
        final long[] sizes = new long[indexes.length];
        for (int i = 0; i < count; i++) {
            final int at = (head + i) & (lastIndexes.length - 1);
            indexes[i] = lastIndexes[at];
            sizes[i] = lengths[at];
        }
        lastIndexes = indexes;
        lengths = sizes;
        head = 0;
    }
}
