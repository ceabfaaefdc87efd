package io.larch.engine.raft;

/**
 * Append messages to one follower that it has not answered: a ring of (last index, bytes).
 * Acknowledgements are cumulative.
 */
final class Inflights {
    private final int capacity;
    private final long maxBytes;
    private final LongRing lastIndexes = new LongRing();
    private final LongRing lengths = new LongRing();
    private long bytes;

    Inflights(final int capacity, final long maxBytes) {
        this.capacity = capacity;
        this.maxBytes = maxBytes;
    }

    boolean isFull() {
        return count() >= capacity || bytes >= maxBytes;
    }

    int count() {
        return lastIndexes.count();
    }

    long bytes() {
        return bytes;
    }

    void add(final long lastIndex, final long length) {
        lastIndexes.add(lastIndex);
        lengths.add(length);
        bytes += length;
    }

    /** All up to this index have arrived. */
    void freeTo(final long index) {
        while (!lastIndexes.isEmpty() && lastIndexes.first() <= index) {
            lastIndexes.removeFirst();
            bytes -= lengths.removeFirst();
        }
    }

    /** Messages that end behind this index were not sent after all. */
    void dropAfter(final long index) {
        while (!lastIndexes.isEmpty() && lastIndexes.last() > index) {
            lastIndexes.removeLast();
            bytes -= lengths.removeLast();
        }
    }

    void clear() {
        lastIndexes.clear();
        lengths.clear();
        bytes = 0;
    }
}
