package io.larch.engine.stats;

import org.HdrHistogram.Histogram;

/**
 * A distribution of durations at one moment, in nanoseconds; all 0 when nothing was counted.
 *
 * @param sum of all durations, exact but for the bounds of what is recorded.
 */
public record Distribution(
        long count,
        double sum,
        long min,
        long mean,
        long p50,
        long p90,
        long p99,
        long p999,
        long max) {
    /** Of nothing. */
    public static final Distribution EMPTY = new Distribution(0, 0, 0, 0, 0, 0, 0, 0, 0);

    static Distribution of(final Histogram histogram, final double sumNanos) {
        final long count = histogram.getTotalCount();
        if (count == 0) {
            return EMPTY;
        }
        // The histogram tells the upper end of the slot that a value fell into.
        final long max = histogram.getMaxValue();
        return new Distribution(
                count,
                sumNanos,
                Math.min(histogram.getMinValue(), max),
                Math.round(sumNanos / count),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                max);
    }
}
