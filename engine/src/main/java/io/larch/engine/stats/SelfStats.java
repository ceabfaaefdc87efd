package io.larch.engine.stats;

import io.larch.engine.stats.EngineCounters.Counter;

/**
 * Appends that this member has sent and received; heartbeats do not count.
 *
 * <p>Owned by the engine thread.
 */
public final class SelfStats {
    private final RateMeter sendRate = new RateMeter();
    private final RateMeter recvRate = new RateMeter();
    private final EngineCounters counters;

    public SelfStats(final EngineCounters counters) {
        this.counters = counters;
    }

    public void appendSent(final long nowNanos, final long bytes) {
        counters.increment(Counter.APPENDS_SENT);
        sendRate.count(nowNanos, bytes);
    }

    public void appendReceived(final long nowNanos, final long bytes) {
        counters.increment(Counter.APPENDS_RECEIVED);
        recvRate.count(nowNanos, bytes);
    }

    public long sendCount() {
        return counters.get(Counter.APPENDS_SENT);
    }

    public long recvCount() {
        return counters.get(Counter.APPENDS_RECEIVED);
    }

    public RateMeter sendRate() {
        return sendRate;
    }

    public RateMeter recvRate() {
        return recvRate;
    }
}
