package io.larch.engine.stats;

/**
 * How long one follower takes: an append sent until its durable acknowledgement. What
 * /v2/stats/leader shows is kept as running figures, which a histogram would round; the standard
 * deviation is the population's, as in etcd.
 *
 * <p>Owned by the engine thread.
 */
public final class FollowerLatency {
    private static final double NANOS_PER_MS = 1e6;

    private final LatencyRecorder recorder = new LatencyRecorder();
    private long successes;
    private long fails;
    private double currentMs;
    private double minimumMs;
    private double maximumMs;
    private double meanMs;

    /** Sum of squared distances from the mean (Welford), which does not lose digits as x^2 does. */
    private double squares;

    void succeeded(final long nanos) {
        final double ms = Math.max(0, nanos) / NANOS_PER_MS;
        successes++;
        currentMs = ms;
        minimumMs = successes == 1 ? ms : Math.min(minimumMs, ms);
        maximumMs = Math.max(maximumMs, ms);
        final double distance = ms - meanMs;
        meanMs += distance / successes;
        squares += distance * (ms - meanMs);
        recorder.record(nanos);
    }

    void failed() {
        fails++;
    }

    /** Appends acknowledged. */
    public long successes() {
        return successes;
    }

    /** Appends refused, or given up. */
    public long fails() {
        return fails;
    }

    public double currentMs() {
        return currentMs;
    }

    public double averageMs() {
        return meanMs;
    }

    public double standardDeviationMs() {
        return successes == 0 ? 0 : Math.sqrt(squares / successes);
    }

    /** 0 before the first success. */
    public double minimumMs() {
        return minimumMs;
    }

    public double maximumMs() {
        return maximumMs;
    }

    public LatencyRecorder recorder() {
        return recorder;
    }
}
