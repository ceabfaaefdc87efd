package io.larch.http.v3.service;

/**
 * Bounds the events that wait for the rest of their revision, for clients that do not know of
 * fragments: of all clients of an event loop together.
 *
 * <p>One event loop's.
 */
final class JoinBudget {
    private final long maxBytes;
    private long usedBytes;

    JoinBudget(final long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Takes room for a part; {@link #give} has to follow.
     *
     * @return false: nothing was taken.
     */
    boolean take(final int bytes) {
        if (bytes > maxBytes - usedBytes) {
            return false;
        }
        usedBytes += bytes;
        return true;
    }

    /** Parts are told, or given up. */
    void give(final long bytes) {
        usedBytes -= bytes;
    }

    long usedBytes() {
        return usedBytes;
    }
}
