package io.larch.http.v3.http2;

import java.util.concurrent.TimeUnit;

/**
 * How often a client may ping: as gRPC has it (proposal A8), so that clients which keep their
 * connections alive reasonably go on, and others are left.
 *
 * <p>Not threadsafe.
 */
final class PingRules {
    private static final int MAX_STRIKES = 2;

    /** Between pings while nothing is asked. */
    private static final long IDLE_NANOS = TimeUnit.HOURS.toNanos(2);

    private final long minNanos;
    private long lastNanos;
    private boolean hasLast;
    private int strikes;

    /**
     * @param minNanos between pings while something is asked; 0: clients may ping as they like.
     */
    PingRules(final long minNanos) {
        this.minNanos = minNanos;
    }

    /** Something was sent to the client: what it has pinged before does not count any more. */
    void onSent() {
        hasLast = false;
        strikes = 0;
    }

    /**
     * The client pings.
     *
     * @return whether it does so too often.
     */
    boolean onPing(final long nowNanos, final boolean hasStreams) {
        if (minNanos == 0) {
            return false;
        }
        final long pauseNanos = hasStreams ? minNanos : Math.max(minNanos, IDLE_NANOS);
        if (hasLast && nowNanos - lastNanos < pauseNanos) {
            strikes++;
        } else {
            lastNanos = nowNanos;
            hasLast = true;
        }
        return strikes > MAX_STRIKES;
    }
}
