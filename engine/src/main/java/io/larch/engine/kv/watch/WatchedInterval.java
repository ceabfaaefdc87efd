package io.larch.engine.kv.watch;

/** Keys that are neither one nor all of a prefix. In an {@link IntervalTree}. */
final class WatchedInterval extends WatchedRange {
    /** Exclusive; null: there is none. */
    final byte[] end;

    /** Below it in the tree. */
    WatchedInterval left;

    WatchedInterval right;

    /** Of it and those below it the one with the largest end. */
    WatchedInterval farthest;

    int rank;

    WatchedInterval(final byte[] start, final byte[] end) {
        super(Kind.INTERVAL, start);
        this.end = end;
    }
}
