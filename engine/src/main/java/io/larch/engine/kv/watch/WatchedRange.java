package io.larch.engine.kv.watch;

/**
 * Keys that somebody watches, with all who watch exactly these. Of one key and of a prefix the
 * start says it all; of other ranges {@link WatchedInterval} has the end, too.
 */
class WatchedRange {
    final byte[] start;
    final Kind kind;
    Watch first;

    /** In a bucket of {@link RangeTable}. */
    long hash;

    WatchedRange nextInBucket;

    /** How a range is looked for. */
    enum Kind {
        KEY,
        PREFIX,
        INTERVAL
    }

    WatchedRange(final Kind kind, final byte[] start) {
        this.kind = kind;
        this.start = start;
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
