package io.larch.engine.raft;

/**
 * Which entry each written position of the log's stream covers. When the stream is durable up to a
 * position, entries are durable up to the last mark at or before it. Entries that were cut since
 * lose their marks, so that a late completion does not speak for what was written in their place.
 */
final class DurabilityMarks {
    private long[] positions = new long[64];
    private long[] indexes = new long[64];
    private int head;
    private int count;
    private long durableIndex;

    long durableIndex() {
        return durableIndex;
    }

    /** The log was recovered or replaced: all up to the index is durable. */
    void reset(final long index) {
        head = 0;
        count = 0;
        durableIndex = index;
    }

    /** An entry was written; the stream now ends at a position. */
    void written(final long position, final long index) {
        if (count == positions.length) {
            grow();
        }
        final int at = (head + count) & (positions.length - 1);
        positions[at] = position;
        indexes[at] = index;
        count++;
    }

    /** The entry at an index and all behind it were cut. */
    void cut(final long fromIndex) {
        durableIndex = Math.min(durableIndex, fromIndex - 1);
        while (count > 0 && indexes[(head + count - 1) & (positions.length - 1)] >= fromIndex) {
            count--;
        }
    }

    /** The stream is durable up to a position. */
    void persisted(final long position) {
        while (count > 0 && positions[head] <= position) {
            durableIndex = indexes[head];
            head = (head + 1) & (positions.length - 1);
            count--;
        }
    }

    private void grow() {
        final long[] newPositions = new long[positions.length * 2];
        final long[] newIndexes = new long[newPositions.length];
        for (int i = 0; i < count; i++) {
            final int at = (head + i) & (positions.length - 1);
            newPositions[i] = positions[at];
            newIndexes[i] = indexes[at];
        }
        positions = newPositions;
        indexes = newIndexes;
        head = 0;
    }
}
