package io.larch.engine.lease;

/** A lease: a time that it was granted for, when it ends, and the keys that end with it. */
public final class Lease {
    final long id;
    final long ttlSeconds;

    /** By the {@link LeaseClock}. */
    long deadlineNanos;

    /** Where it stands in the order of ends. */
    int position;

    /** Larger than that of all that were granted before. */
    long sequence;

    /** All leases, in the order in which they came. */
    Lease older;

    Lease newer;

    AttachedKey firstKey;
    int keyCount;

    Lease(final long id, final long ttlSeconds) {
        this.id = id;
        this.ttlSeconds = ttlSeconds;
    }

    public long id() {
        return id;
    }

    /** What it was granted for, and is renewed for. */
    public long ttlSeconds() {
        return ttlSeconds;
    }

    /** When it ends, by the {@link LeaseClock}. */
    public long deadlineNanos() {
        return deadlineNanos;
    }

    public int keyCount() {
        return keyCount;
    }

    /** Whether it ends before another; of two that end at once the smaller id goes first. */
    boolean endsBefore(final Lease other) {
        return deadlineNanos == other.deadlineNanos
                ? id < other.id
                : deadlineNanos < other.deadlineNanos;
    }
}
