package io.larch.engine.stats;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * One distribution of durations, 1 us to 60 s with three digits: since the start, and since an
 * interval began. Recording touches one histogram and allocates nothing.
 *
 * <p>Not threadsafe.
 */
public final class LatencyRecorder {
    /** Durations above this count as this. */
    public static final long MAX_NANOS = 60_000_000_000L;

    private static final long RESOLUTION_NANOS = 1_000L;
    private static final int DIGITS = 3;

    private final Histogram interval = newHistogram();

    /** All before the interval; made when the first interval ends. */
    private Histogram past;

    private double pastSumNanos;
    private double intervalSumNanos;

    /** Counts one duration; a negative one, of clocks that disagree, as 0. */
    public void record(final long nanos) {
        record(nanos, 1);
    }

    /** Counts a duration that several shared. */
    public void record(final long nanos, final long count) {
        if (count <= 0) {
            return;
        }
        final long value = Math.max(0, Math.min(nanos, MAX_NANOS));
        interval.recordValueWithCount(value, count);
        intervalSumNanos += (double) value * count;
    }

    /** How many were counted since the start. */
    public long count() {
        return interval.getTotalCount() + (past == null ? 0 : past.getTotalCount());
    }

    /** The sum of all durations since the start. */
    public double sumNanos() {
        return pastSumNanos + intervalSumNanos;
    }

    /** A picture of the interval. */
    public Distribution interval() {
        return Distribution.of(interval, intervalSumNanos);
    }

    /** A picture since the start. */
    public Distribution total() {
        if (past == null) {
            return interval();
        }
        final Histogram all = past.copy();
        all.add(interval);
        return Distribution.of(all, sumNanos());
    }

    /**
     * How many were counted since the start, by duration: up to each bound and above the one
     * before, then above the last.
     *
     * @param boundsNanos ascending.
     */
    public long[] countsByBound(final long... boundsNanos) {
        final long[] counts = new long[boundsNanos.length + 1];
        addCounts(interval, boundsNanos, counts);
        if (past != null) {
            addCounts(past, boundsNanos, counts);
        }
        return counts;
    }

    private static void addCounts(
            final Histogram histogram, final long[] boundsNanos, final long[] counts) {
        int at = 0;
        for (final HistogramIterationValue value : histogram.recordedValues()) {
            while (at < boundsNanos.length && value.getValueIteratedTo() > boundsNanos[at]) {
                at++;
            }
            counts[at] += value.getCountAddedInThisIterationStep();
        }
    }

    /** Begins a new interval. */
    public void restartInterval() {
        if (past == null) {
            past = newHistogram();
        }
        past.add(interval);
        interval.reset();
        pastSumNanos += intervalSumNanos;
        intervalSumNanos = 0;
    }

    private static Histogram newHistogram() {
        return new Histogram(RESOLUTION_NANOS, MAX_NANOS, DIGITS);
    }
}
