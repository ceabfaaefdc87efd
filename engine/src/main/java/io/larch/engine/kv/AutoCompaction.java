package io.larch.engine.kv;

import io.larch.engine.kv.KvContext.CompactionMode;
import java.util.ArrayDeque;

/**
 * Says which revision is to be compacted by itself, and when: all older than a while, looked at ten
 * times in that while, as etcd does; or all but so many, looked at every five minutes. What was
 * seen when is of this member alone, and begins anew when it starts.
 *
 * <p>Source of the times: etcd's documentation of auto compaction, and its source of 3.4.
 */
final class AutoCompaction {
    private static final long NANOS_PER_HOUR = 3_600_000_000_000L;
    private static final long REVISION_INTERVAL_NANOS = 300_000_000_000L;
    private static final int LOOKS_PER_PERIOD = 10;

    private final CompactionMode mode;

    /** Nanoseconds, or revisions. */
    private final long retention;

    private final long lookNanos;

    /** Between two compactions. */
    private final long intervalNanos;

    private final int samples;

    /** Revisions as they were seen, one a look, oldest first. */
    private final ArrayDeque<Long> seen = new ArrayDeque<>();

    private long nextLookNanos;
    private long nextCompactionNanos;
    private boolean isBegun;

    /** What is to be compacted; 0 for nothing. */
    private long wanted;

    private long last;

    AutoCompaction(final CompactionMode mode, final long retention) {
        this.mode = mode;
        this.retention = retention;
        intervalNanos = Math.min(retention, NANOS_PER_HOUR);
        lookNanos =
                mode == CompactionMode.PERIODIC
                        ? Math.max(1, intervalNanos / LOOKS_PER_PERIOD)
                        : REVISION_INTERVAL_NANOS;
        samples =
                mode == CompactionMode.PERIODIC
                        ? (int) Math.min(1 << 20, retention / lookNanos) + 1
                        : 1;
    }

    /** Time has passed, by the cluster's clock. */
    void look(final long nowNanos, final long revision) {
        if (retention <= 0) {
            return;
        }
        if (!isBegun) {
            isBegun = true;
            nextLookNanos = nowNanos + lookNanos;
            nextCompactionNanos = nowNanos + retention;
            seen.add(revision);
        } else if (nowNanos >= nextLookNanos) {
            nextLookNanos = Math.max(nextLookNanos + lookNanos, nowNanos);
            if (mode == CompactionMode.PERIODIC) {
                lookAtPeriod(nowNanos, revision);
            } else if (revision - retention > 0) {
                want(revision - retention);
            }
        }
    }

    private void lookAtPeriod(final long nowNanos, final long revision) {
        if (nowNanos >= nextCompactionNanos && want(seen.peekFirst())) {
            nextCompactionNanos = nowNanos + intervalNanos;
        }
        seen.addLast(revision);
        if (seen.size() > samples) {
            seen.removeFirst();
        }
    }

    private boolean want(final long revision) {
        if (revision == last) {
            return false;
        }
        last = revision;
        wanted = revision;
        return true;
    }

    /**
     * What is to be compacted.
     *
     * @param compacted what is so far.
     * @return 0 for nothing.
     */
    long wanted(final long compacted) {
        return wanted > compacted ? wanted : 0;
    }
}
