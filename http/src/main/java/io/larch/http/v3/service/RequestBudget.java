package io.larch.http.v3.service;

/**
 * Bounds requests of all clients of an event loop that live long, as watches do, and the memory
 * that is kept of them.
 *
 * <p>One event loop's.
 */
final class RequestBudget {
    /** What one takes beside the bytes of its request, here and in the engine. */
    static final int REQUEST_BYTES = 500;

    private final int maxRequests;
    private final long maxBytes;
    private int requests;
    private long usedBytes;

    RequestBudget(final int maxRequests, final long maxBytes) {
        this.maxRequests = maxRequests;
        this.maxBytes = maxBytes;
    }

    /**
     * Takes what a request needs; {@link #give} has to follow.
     *
     * @return false: nothing was taken, it has to be refused.
     */
    boolean take(final int requestBytes) {
        if (requests >= maxRequests || usedBytes + requestBytes + REQUEST_BYTES > maxBytes) {
            return false;
        }
        requests++;
        usedBytes += requestBytes + REQUEST_BYTES;
        return true;
    }

    /** A request is over. */
    void give(final int requestBytes) {
        requests--;
        usedBytes -= requestBytes + REQUEST_BYTES;
    }
}
