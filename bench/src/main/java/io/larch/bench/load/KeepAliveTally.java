package io.larch.bench.load;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Counts keepalives. Of a lease there is one under way at a time; leases count from 0. */
final class KeepAliveTally {
    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(5);

    // Of each lease.
    private final long[] dueNs;
    private final boolean[] isUnderWay;

    private int underWay;
    private long errors;
    private Histogram histogram = new Histogram(HIGHEST_NS, 3);

    KeepAliveTally(final int leases) {
        dueNs = new long[leases];
        isUnderWay = new boolean[leases];
    }

    /** A new run begins. What was not answered is an error, and not awaited any more. */
    void begin() {
        Arrays.fill(isUnderWay, false);
        underWay = 0;
        errors = 0;
        histogram = new Histogram(HIGHEST_NS, 3);
    }

    boolean isUnderWay(final int lease) {
        return isUnderWay[lease];
    }

    /** A keepalive is sent, which was due at a time. */
    void sent(final int lease, final long whenDueNs) {
        dueNs[lease] = whenDueNs;
        isUnderWay[lease] = true;
        underWay++;
    }

    /**
     * A keepalive was answered.
     *
     * @param ttl 0: the server does not know the lease.
     */
    void onAnswer(final long lease, final long ttl, final long nowNs) {
        if (lease < 0 || lease >= dueNs.length || !isUnderWay[(int) lease]) {
            errors++;
            return;
        }
        isUnderWay[(int) lease] = false;
        underWay--;
        histogram.recordValue(Math.min(HIGHEST_NS, nowNs - dueNs[(int) lease]));
        if (ttl <= 0) {
            errors++;
        }
    }

    boolean isComplete() {
        return underWay == 0;
    }

    /** Answers that no lease is kept alive, or that nobody asked for, and what is not answered. */
    long errors() {
        return errors + underWay;
    }

    Histogram histogram() {
        return histogram;
    }
}
