package io.larch.engine.stats;

/**
 * Messages and bytes per second over the last {@value #CAPACITY} messages, as etcd counts them: all
 * is forgotten when the newest is older than a second, and one message alone has no rate.
 *
 * <p>Owned by the engine thread. Allocates nothing after construction.
 */
public final class RateMeter {
    /** How many messages are remembered. */
    public static final int CAPACITY = 200;

    private static final long STALE_NANOS = 1_000_000_000L;
    private static final double NANOS_PER_SECOND = 1e9;

    private final long[] nanos = new long[CAPACITY];
    private final long[] bytes = new long[CAPACITY];
    private int newest = -1;
    private int size;
    private long totalBytes;

    /** One message, now. */
    public void count(final long nowNanos, final long messageBytes) {
        newest = newest + 1 == CAPACITY ? 0 : newest + 1;
        if (size == CAPACITY) {
            totalBytes -= bytes[newest];
        } else {
            size++;
        }
        nanos[newest] = nowNanos;
        bytes[newest] = messageBytes;
        totalBytes += messageBytes;
    }

    /** 0 when there is no rate. */
    public double messagesPerSecond(final long nowNanos) {
        return perSecond(size, nowNanos);
    }

    /** 0 when there is no rate. */
    public double bytesPerSecond(final long nowNanos) {
        return perSecond(totalBytes, nowNanos);
    }

    private double perSecond(final long amount, final long nowNanos) {
        if (size > 0 && nowNanos - nanos[newest] > STALE_NANOS) {
            size = 0;
            totalBytes = 0;
        }
        if (size < 2) {
            return 0;
        }
        final int oldest = (newest + 1 - size + CAPACITY) % CAPACITY;
        final long lasted = nanos[newest] - nanos[oldest];
        return lasted <= 0 ? 0 : amount * NANOS_PER_SECOND / lasted;
    }
}
