package io.larch.bench.load;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What a run measured.
 *
 * @param histogram latencies in nanoseconds.
 * @param errors replies with a status of 300 or more, and requests without reply.
 * @param elapsedNs from the first request to the last reply.
 * @param cpuSeconds CPU time of the server's process meanwhile; 0 when it was not watched.
 */
record LoadResult(Histogram histogram, long errors, long elapsedNs, double cpuSeconds) {
    double ratePerSecond() {
        return histogram.getTotalCount() * 1e9 / elapsedNs;
    }

    double millisAt(final double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }

    /** Microseconds of the server's CPU time for each request. */
    double cpuMicrosPerRequest() {
        return histogram.getTotalCount() == 0 ? 0 : cpuSeconds * 1e6 / histogram.getTotalCount();
    }

    /** For people: a line of figures for each kind. */
    String text() {
        return String.format(
                Locale.ROOT,
                "requests %d  errors %d  rate %.0f/s%n"
                        + "ms: p50 %.3f  p90 %.3f  p99 %.3f  p99.9 %.3f  max %.3f%n"
                        + "server CPU: %.2f s, %.1f us a request",
                histogram.getTotalCount(),
                errors,
                ratePerSecond(),
                millisAt(50),
                millisAt(90),
                millisAt(99),
                millisAt(99.9),
                histogram.getMaxValue() / 1e6,
                cpuSeconds,
                cpuMicrosPerRequest());
    }
}
