package io.larch.engine.stats;

/**
 * Appends that this member has sent and received; heartbeats do not count.
 *
 * <p>Owned by the engine thread.
 */
public final class SelfStats {
    private final RateMeter sendRate = new RateMeter();
    private final RateMeter recvRate = new RateMeter();
    private long sendCount;
    private long recvCount;

    public void appendSent(final long nowNanos, final long bytes) {
        sendCount++;
        sendRate.count(nowNanos, bytes);
    }

    public void appendReceived(final long nowNanos, final long bytes) {
        recvCount++;
        recvRate.count(nowNanos, bytes);
    }

    public long sendCount() {
        return sendCount;
    }

    public long recvCount() {
        return recvCount;
    }

    public RateMeter sendRate() {
        return sendRate;
    }

    public RateMeter recvRate() {
        return recvRate;
    }
}
