package io.larch.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Replies of a run by when they came, in intervals of a tenth of a second, and the longest time
 * that none came while some were awaited. Not threadsafe.
 */
public final class Timeline {
    /** Of an interval. */
    public static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(5);
    private static final int DIGITS = 2;
    private static final int MAX_INTERVALS = 6_000;

    private final List<Histogram> intervals = new ArrayList<>();
    private final long startNs;
    private long lastNs;
    private long longestGapNs;

    /** Begins now. */
    Timeline(final long startNs) {
        this.startNs = startNs;
        lastNs = startNs;
    }

    /** A reply came. Those beyond ten minutes count for the last interval. */
    void record(final long nowNs, final long latencyNs) {
        longestGapNs = Math.max(longestGapNs, nowNs - lastNs);
        lastNs = nowNs;
        final long index = Math.min((nowNs - startNs) / INTERVAL_NS, MAX_INTERVALS - 1);
        while (intervals.size() <= index) {
            intervals.add(new Histogram(HIGHEST_NS, DIGITS));
        }
        intervals.get((int) index).recordValue(Math.min(HIGHEST_NS, latencyNs));
    }

    /** Latencies in nanoseconds, of each interval in which replies came or which is before such. */
    public List<Histogram> intervals() {
        return List.copyOf(intervals);
    }

    /** The longest time between two replies, or until the first. */
    public long longestGapNs() {
        return longestGapNs;
    }
}
