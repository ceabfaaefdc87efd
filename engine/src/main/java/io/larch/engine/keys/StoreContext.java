package io.larch.engine.keys;

import org.agrona.concurrent.status.CountersManager;

/** Limits of a {@link Store}. Set, then {@link #conclude()}, then only read. */
public final class StoreContext {
    private CountersManager counters;
    private long maxNodes = 10_000_000L;
    private long maxBytes = 8L << 30;
    private long hashSeed;
    private int eventHistoryCapacity = 20_000;
    private long eventHistoryBytes = 64L << 20;
    private int maxResultBytes = 128 << 10;
    private long maxHeldBytes = 256L << 20;
    private int freeStepsPerEntry = 128;
    private int freeStepsPerSync = 2048;
    private int expiredPerSync = 1024;

    /** Fills in and checks. */
    public StoreContext conclude() {
        if (maxNodes < 16 || maxNodes > 500_000_000L) {
            throw new IllegalArgumentException("--max-nodes must be 16 to 500000000: " + maxNodes);
        }
        if (maxBytes < 1 << 16) {
            throw new IllegalArgumentException("--max-bytes must be at least 65536: " + maxBytes);
        }
        if (eventHistoryCapacity < 1 || eventHistoryCapacity > 1 << 24) {
            throw new IllegalArgumentException(
                    "--event-history must be 1 to 16777216: " + eventHistoryCapacity);
        }
        if (eventHistoryBytes < 1 << 16 || eventHistoryBytes > 1L << 40) {
            throw new IllegalArgumentException(
                    "--event-history-bytes must be 65536 to 1 TiB: " + eventHistoryBytes);
        }
        return this;
    }

    /** Where the store's counters are made; null for counters that nobody else sees. */
    public CountersManager counters() {
        return counters;
    }

    public StoreContext counters(final CountersManager counters) {
        this.counters = counters;
        return this;
    }

    /** Most nodes of the tree, root included. */
    public long maxNodes() {
        return maxNodes;
    }

    public StoreContext maxNodes(final long maxNodes) {
        this.maxNodes = maxNodes;
        return this;
    }

    /** Most bytes of keys, values and their records. */
    public long maxBytes() {
        return maxBytes;
    }

    public StoreContext maxBytes(final long maxBytes) {
        this.maxBytes = maxBytes;
        return this;
    }

    /**
     * What the hashes of paths depend on, which clients choose: no client may know it. Nothing that
     * is replicated or told depends on it.
     */
    public long hashSeed() {
        return hashSeed;
    }

    public StoreContext hashSeed(final long hashSeed) {
        this.hashSeed = hashSeed;
        return this;
    }

    /** Most events the history keeps; must be the same on all members. */
    public int eventHistoryCapacity() {
        return eventHistoryCapacity;
    }

    public StoreContext eventHistoryCapacity(final int eventHistoryCapacity) {
        this.eventHistoryCapacity = eventHistoryCapacity;
        return this;
    }

    /** Most bytes the history keeps; must be the same on all members. */
    public long eventHistoryBytes() {
        return eventHistoryBytes;
    }

    public StoreContext eventHistoryBytes(final long eventHistoryBytes) {
        this.eventHistoryBytes = eventHistoryBytes;
        return this;
    }

    /** Longest result of a read that is made in one go; longer ones are made in slices. */
    public int maxResultBytes() {
        return maxResultBytes;
    }

    public StoreContext maxResultBytes(final int maxResultBytes) {
        this.maxResultBytes = maxResultBytes;
        return this;
    }

    /**
     * Most bytes that reads made in slices may hold on to together: nodes that have changed since,
     * and lists of children. The oldest reads are ended when it is more.
     */
    long maxHeldBytes() {
        return maxHeldBytes;
    }

    StoreContext maxHeldBytes(final long maxHeldBytes) {
        this.maxHeldBytes = maxHeldBytes;
        return this;
    }

    /**
     * Steps, of one removed node each, that an entry takes in giving back what removals left
     * behind. Part of what an entry does, so equal on all members.
     */
    int freeStepsPerEntry() {
        return freeStepsPerEntry;
    }

    /** The same for a SYNC, which comes when there is time. */
    int freeStepsPerSync() {
        return freeStepsPerSync;
    }

    StoreContext freeSteps(final int perEntry, final int perSync) {
        freeStepsPerEntry = perEntry;
        freeStepsPerSync = perSync;
        return this;
    }

    /** Most keys that expire by one SYNC; the next goes on. Equal on all members. */
    int expiredPerSync() {
        return expiredPerSync;
    }

    StoreContext expiredPerSync(final int expiredPerSync) {
        this.expiredPerSync = expiredPerSync;
        return this;
    }
}
