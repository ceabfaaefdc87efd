package io.larch.http.v3.service;

/**
 * Bounds the watches of all clients of an event loop, and the memory that their requests take for
 * as long as they live.
 *
 * <p>One event loop's.
 */
final class WatchBudget {
    /** What a watch takes beside its request, here and in the engine. */
    static final int WATCH_BYTES = 500;

    private final int maxWatches;
    private final long maxBytes;
    private int watches;
    private long usedBytes;

    WatchBudget(final int maxWatches, final long maxBytes) {
        this.maxWatches = maxWatches;
        this.maxBytes = maxBytes;
    }

    /**
     * Takes what a watch needs; {@link #give} has to follow.
     *
     * @return false: nothing was taken, the watch has to be refused.
     */
    boolean take(final int requestBytes) {
        if (watches >= maxWatches || usedBytes + requestBytes + WATCH_BYTES > maxBytes) {
            return false;
        }
        watches++;
        usedBytes += requestBytes + WATCH_BYTES;
        return true;
    }

    /** A watch is over. */
    void give(final int requestBytes) {
        watches--;
        usedBytes -= requestBytes + WATCH_BYTES;
    }

    int watches() {
        return watches;
    }

    long usedBytes() {
        return usedBytes;
    }
}
