package io.larch.http.listen;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Keeps what happens a thousand times a second to one line a minute in the log; the counters have
 * the rest.
 *
 * <p>Threadsafe.
 */
public final class RareLog {
    private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier monotonicNanos;
    private final AtomicLong dueNanos;

    public RareLog(final LongSupplier monotonicNanos) {
        this.monotonicNanos = monotonicNanos;
        this.dueNanos = new AtomicLong(monotonicNanos.getAsLong());
    }

    /** Whether the next line may be written; the caller does it then. */
    public boolean isDue() {
        final long nowNanos = monotonicNanos.getAsLong();
        final long due = dueNanos.get();
        return nowNanos - due >= 0 && dueNanos.compareAndSet(due, nowNanos + INTERVAL_NANOS);
    }
}
