package io.larch.engine.kv.watch;

/**
 * Keys that somebody watches, with all who watch exactly these. Of one key and of a prefix the
 * start says it all; of other ranges the end is kept, too.
 */
final class WatchedRange {
    final byte[] start;

    /** Exclusive; null: there is none. Of a key or a prefix: not used. */
    final byte[] end;

    final Kind kind;
    Watch first;

    /** In a bucket of {@link RangeTable}. */
    long hash;

    WatchedRange nextInBucket;

    /** In {@link IntervalTree}: below it, the largest end below and here, and its rank. */
    WatchedRange left;

    WatchedRange right;
    WatchedRange farthest;
    int rank;

    /** How a range is looked for. */
    enum Kind {
        KEY,
        PREFIX,
        INTERVAL
    }

    WatchedRange(final Kind kind, final byte[] start, final byte[] end) {
        this.kind = kind;
        this.start = start;
        this.end = end;
    }

    void add(final Watch watch) {
        watch.range = this;
        watch.previousInRange = null;
        watch.nextInRange = first;
        if (first != null) {
            first.previousInRange = watch;
        }
        first = watch;
    }

    /** Returns whether nobody is left. */
    boolean remove(final Watch watch) {
        if (watch.previousInRange == null) {
            first = watch.nextInRange;
        } else {
            watch.previousInRange.nextInRange = watch.nextInRange;
        }
        if (watch.nextInRange != null) {
            watch.nextInRange.previousInRange = watch.previousInRange;
        }
        watch.previousInRange = null;
        watch.nextInRange = null;
        return first == null;
    }
}
