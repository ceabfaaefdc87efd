package io.larch.engine.kv;

/**
 * How many keys a transaction may look at. Nothing begins when more than that were looked at
 * before: so one range may be of any length, as in a request of its own, and many together may not.
 */
final class LookLimit {
    /** Of one that may write. What decides is told by the log alone, on all members the same. */
    static final int OF_WRITES = 1_000_000;

    /** Of one that only reads: no more, the range that it comes within included. */
    static final int OF_READS = 100_000;

    private boolean isOfWrites;
    private boolean isPassed;
    private long left;

    /** Begins to look at a transaction. */
    void begin(final boolean ofWrites) {
        isOfWrites = ofWrites;
        isPassed = false;
        left = ofWrites ? OF_WRITES : OF_READS;
    }

    /** Something begins. Returns whether it may. */
    boolean allowsMore() {
        left--;
        isPassed |= left < 0;
        return !isPassed;
    }

    /** Most steps that a cursor may take now, whatever they are counted as. */
    int steps() {
        return isOfWrites ? Integer.MAX_VALUE : (int) Math.max(0, left);
    }

    /** So many keys were looked at. */
    void add(final long keys) {
        left -= keys;
    }

    /** A cursor was not done within its steps. */
    void pass() {
        isPassed = true;
    }

    boolean isPassed() {
        return isPassed;
    }
}
