package io.larch.http.listen;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What others cause, and may cause as often as they like, is said in the log each time at first,
 * and when it is much, once a second with how many were left out.
 *
 * <p>Not threadsafe.
 */
public final class LineBudget {
    /** Lines that may follow each other at once. */
    public static final int BURST = 20;

    private static final long NANOS_PER_LINE = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier monotonicNanos;
    private long lines = BURST;
    private long sinceNanos;
    private long leftOut;

    /**
     * @param monotonicNanos a clock that never goes back.
     */
    public LineBudget(final LongSupplier monotonicNanos) {
        this.monotonicNanos = monotonicNanos;
        this.sinceNanos = monotonicNanos.getAsLong();
    }

    /** Whether a line may be written; else it is left out. */
    public boolean take() {
        final long passed = (monotonicNanos.getAsLong() - sinceNanos) / NANOS_PER_LINE;
        sinceNanos += passed * NANOS_PER_LINE;
        lines = Math.min(BURST, lines + passed);
        if (lines == 0) {
            leftOut++;
            return false;
        }
        lines--;
        return true;
    }

    /** The end of a line that is written: how many were left out before it, if any were. */
    public String leftOut() {
        final long before = leftOut;
        leftOut = 0;
        return before == 0 ? "" : ", and " + before + " more before";
    }
}
