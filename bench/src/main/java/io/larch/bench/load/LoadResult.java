package io.larch.bench.load;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What a run measured.
 *
 * @param part which figure of a run this is; empty when there is one only.
 * @param histogram latencies in nanoseconds.
 * @param count what the rate and the CPU time are counted in: requests, or events that arrived.
 * @param errors replies that are errors, requests without reply, events that did not arrive once.
 * @param elapsedNs from the first request to the last reply.
 * @param cpuSeconds CPU time of the server's process meanwhile; 0 when it was not watched.
 * @param timeline the course of the run; null when it was not kept.
 */
public record LoadResult(
        String part,
        Histogram histogram,
        long count,
        long errors,
        long elapsedNs,
        double cpuSeconds,
        Timeline timeline) {
    /** Of a run with one figure, which counts requests, without a course. */
    LoadResult(
            final Histogram histogram,
            final long errors,
            final long elapsedNs,
            final double cpuSeconds) {
        this("", histogram, histogram.getTotalCount(), errors, elapsedNs, cpuSeconds, null);
    }

    /** Of those counted. */
    public double ratePerSecond() {
        return count * 1e9 / elapsedNs;
    }

    /** Latency. */
    public double millisAt(final double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }

    /** Microseconds of the server's CPU time for each of those counted. */
    public double cpuMicrosEach() {
        return count == 0 ? 0 : cpuSeconds * 1e6 / count;
    }

    /** The same as a part of several runs. */
    public LoadResult as(final String newPart) {
        return new LoadResult(newPart, histogram, count, errors, elapsedNs, cpuSeconds, timeline);
    }

    /** A name with that of the part behind it. */
    public String named(final String name) {
        return part.isEmpty() ? name : name + '-' + part;
    }

    /** For people: a line of figures for each kind. */
    String text() {
        return String.format(
                Locale.ROOT,
                "%scount %d  errors %d  rate %.0f/s%n"
                        + "ms: p50 %.3f  p90 %.3f  p99 %.3f  p99.9 %.3f  max %.3f%n"
                        + "server CPU: %.2f s, %.1f us each",
                part.isEmpty() ? "" : part + ": ",
                count,
                errors,
                ratePerSecond(),
                millisAt(50),
                millisAt(90),
                millisAt(99),
                millisAt(99.9),
                histogram.getMaxValue() / 1e6,
                cpuSeconds,
                cpuMicrosEach());
    }
}
