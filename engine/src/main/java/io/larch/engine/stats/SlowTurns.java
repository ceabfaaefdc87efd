package io.larch.engine.stats;

/**
 * Slow turns of one kind: which of them to log. The first, and from then on one every few seconds
 * that stands for all since the last: a disk that is slow for an hour shall not fill the log.
 *
 * <p>Not threadsafe.
 */
public final class SlowTurns {
    private static final long PAUSE_NANOS = 10_000_000_000L;

    private boolean hasTold;
    private long toldNanos;
    private long count;
    private long longestNanos;

    /**
     * Counts one.
     *
     * @return whether to log it; then {@link #told} has to follow.
     */
    public boolean add(final long tookNanos, final long nowNanos) {
        count++;
        longestNanos = Math.max(longestNanos, tookNanos);
        return !hasTold || nowNanos - toldNanos >= PAUSE_NANOS;
    }

    /** How many there were since the last line, this one included. */
    public long count() {
        return count;
    }

    public long longestNanos() {
        return longestNanos;
    }

    /** A line was written. */
    public void told(final long nowNanos) {
        hasTold = true;
        toldNanos = nowNanos;
        count = 0;
        longestNanos = 0;
    }
}
