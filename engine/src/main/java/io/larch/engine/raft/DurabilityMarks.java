package io.larch.engine.raft;

/**
 * Which entry each written position of the log's stream covers. When the stream is durable up to a
 * position, entries are durable up to the last mark at or before it. Entries that were cut since
 * lose their marks, so that a late completion does not speak for what was written in their place.
 */
final class DurabilityMarks {
    private final LongRing positions = new LongRing();
    private final LongRing indexes = new LongRing();
    private long durableIndex;

    long durableIndex() {
        return durableIndex;
    }

    /** The log was recovered or replaced: all up to the index is durable. */
    void reset(final long index) {
        positions.clear();
        indexes.clear();
        durableIndex = index;
    }

    /** An entry was written; the stream now ends at a position. */
    void written(final long position, final long index) {
        positions.add(position);
        indexes.add(index);
    }

    /** The entry at an index and all behind it were cut. */
    void cut(final long fromIndex) {
        durableIndex = Math.min(durableIndex, fromIndex - 1);
        while (!indexes.isEmpty() && indexes.last() >= fromIndex) {
            positions.removeLast();
            indexes.removeLast();
        }
    }

    /** The stream is durable up to a position. */
    void persisted(final long position) {
        while (!positions.isEmpty() && positions.first() <= position) {
            positions.removeFirst();
            durableIndex = indexes.removeFirst();
        }
    }
}
