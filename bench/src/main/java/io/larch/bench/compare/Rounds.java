package io.larch.bench.compare;

import java.util.Arrays;

/** What the rounds of one measurement say together. */
final class Rounds {
    private Rounds() {}

    /** The middle of them, or the mean of the two in the middle; NaN when there is none. */
    static double median(final double... values) {
        final double[] sorted =
                Arrays.stream(values).filter(value -> !Double.isNaN(value)).sorted().toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /**
     * How far they lie from their median, as a part of it: the median of the distances, so that a
     * single one that went wrong does not count. 0 when there is nothing to be apart.
     */
    static double spread(final double... values) {
        final double median = median(values);
        if (Double.isNaN(median) || median == 0) {
            return 0;
        }
        return median(Arrays.stream(values).map(value -> Math.abs(value - median)).toArray())
                / Math.abs(median);
    }
}
