package io.larch.engine.lease;

/**
 * The time that leases count by: the cluster's time, less what passed while nobody led. So a lease
 * keeps what it has left over a change of leaders, however long that takes, and no client loses one
 * that it had no chance to keep.
 *
 * <ol>
 *   <li><b>Same everywhere.</b> It depends on the terms and stamps of what was applied alone.
 *   <li><b>Never back</b>, and never faster than the cluster's time.
 *   <li><b>Stands still between leaders.</b> The first stamp of a term shows the time that the last
 *       one before it showed. Since a leader stamps twice a second at least, a change of leaders
 *       gives a lease half a second more than it took, at most.
 * </ol>
 *
 * <p>Owned by the engine thread.
 */
public final class LeaseClock {
    /** Of the cluster's time, before the first stamp. */
    public static final long NEVER = Long.MIN_VALUE;

    /** Most that a leader leaves between two stamps, with some room: a second. */
    private static final long LONGEST_SILENCE_NANOS = 1_000_000_000L;

    private long term;
    private long lastNanos = NEVER;
    private long stoodNanos;

    /**
     * A command of a term is about to be applied.
     *
     * @param nowNanos its stamp, by the cluster's time.
     * @param isCounted whether somebody counts by this clock; before that it need not stand still.
     */
    public void passing(final long newTerm, final long nowNanos, final boolean isCounted) {
        if (newTerm != term) {
            if (isCounted && lastNanos != NEVER) {
                stoodNanos += Math.max(0, nowNanos - lastNanos);
            }
            term = newTerm;
        }
        lastNanos = Math.max(lastNanos, nowNanos);
    }

    /** What it shows as of the last stamp. */
    public long now() {
        return lastNanos == NEVER ? NEVER : lastNanos - stoodNanos;
    }

    /**
     * What it shows, for those who look, at a moment of the cluster's time behind the last stamp.
     * Without a leader's word for longer than a leader keeps silent it is taken to stand still.
     */
    public long at(final long clusterNanos) {
        if (lastNanos == NEVER) {
            return clusterNanos;
        }
        final long latest = Math.min(clusterNanos, lastNanos + LONGEST_SILENCE_NANOS);
        return Math.max(lastNanos, latest) - stoodNanos;
    }

    /** When it will show a time, if nobody else comes to lead, by the cluster's time. */
    public long clusterTimeOf(final long leaseNanos) {
        final long nanos = leaseNanos + stoodNanos;
        return nanos < leaseNanos ? Long.MAX_VALUE : nanos;
    }

    /** Term of the last stamp; 0 before the first. */
    public long term() {
        return term;
    }

    /** The last stamp; {@link #NEVER} before the first. */
    public long lastNanos() {
        return lastNanos;
    }

    /** How long it has stood still so far. */
    public long stoodNanos() {
        return stoodNanos;
    }

    /** Goes on as another did. */
    public void set(final long newTerm, final long newLastNanos, final long newStoodNanos) {
        term = newTerm;
        lastNanos = newLastNanos;
        stoodNanos = newStoodNanos;
    }
}
