package io.larch.engine.stats;

import java.util.function.BiConsumer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * The followers as this member sees them while it leads. A follower appears with the first append
 * to it and goes when it is removed; a change of leader resets nothing.
 *
 * <p>Owned by the engine thread.
 */
public final class LeaderStats {
    private final Long2ObjectHashMap<FollowerLatency> followers = new Long2ObjectHashMap<>();
    private long intervalStartNanos;

    public LeaderStats(final long nowNanos) {
        intervalStartNanos = nowNanos;
    }

    /** An append leaves for a follower. */
    public void appendSent(final long id) {
        follower(id);
    }

    /** A follower has made durable what it was sent. */
    public void acknowledged(final long id, final long latencyNanos) {
        follower(id).succeeded(latencyNanos);
    }

    /** An append was refused by the follower, or could not be sent, or its way there broke. */
    public void appendFailed(final long id) {
        follower(id).failed();
    }

    /** The follower is lost from sight: counts only if it was ever sent an append. */
    public void unreachable(final long id) {
        final FollowerLatency follower = followers.get(id);
        if (follower != null) {
            follower.failed();
        }
    }

    /** A member was removed. */
    public void forget(final long id) {
        followers.remove(id);
    }

    /** Tells all followers; the order is not defined. */
    public void forEach(final BiConsumer<Long, FollowerLatency> each) {
        followers.forEach(each);
    }

    /** How long the interval of the distributions has lasted. */
    public long intervalNanos(final long nowNanos) {
        return nowNanos - intervalStartNanos;
    }

    /** Begins a new interval. */
    public void restartInterval(final long nowNanos) {
        intervalStartNanos = nowNanos;
        followers.values().forEach(follower -> follower.recorder().restartInterval());
    }

    private FollowerLatency follower(final long id) {
        FollowerLatency follower = followers.get(id);
        if (follower == null) {
            follower = new FollowerLatency();
            followers.put(id, follower);
        }
        return follower;
    }
}
