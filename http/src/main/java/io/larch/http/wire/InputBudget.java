package io.larch.http.wire;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that all requests may take together while they arrive. A connection alone is bounded
 * by the limits of {@link HttpDecoder}; many together are by this.
 *
 * <p>Threadsafe: event loops share it.
 */
public final class InputBudget {
    /** Growth that is always granted: whoever asks for little is served, whatever others hold. */
    private static final int SMALL_BYTES = 8192;

    private final long limitBytes;
    private final AtomicLong usedBytes = new AtomicLong();

    public InputBudget(final long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /**
     * Takes memory, if there is so much left.
     *
     * @return false: nothing was taken, the request has to be refused.
     */
    public boolean take(final long bytes) {
        if (usedBytes.addAndGet(bytes) > limitBytes && bytes > SMALL_BYTES) {
            usedBytes.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Gives back what was taken. */
    public void give(final long bytes) {
        usedBytes.addAndGet(-bytes);
    }

    /** Whether memory may be kept for the next request. */
    boolean isPlenty() {
        return usedBytes.get() < limitBytes / 2;
    }

    public long usedBytes() {
        return usedBytes.get();
    }
}
