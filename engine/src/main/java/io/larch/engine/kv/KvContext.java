package io.larch.engine.kv;

import io.larch.engine.kv.watch.WatchLimits;
import io.larch.engine.mvcc.NativeMemory;
import io.larch.engine.mvcc.SegmentMemory;
import java.util.function.LongSupplier;

/** Settings of the v3 application. Setters are named as the flags they come from. */
public final class KvContext {
    /** How auto compaction counts what it keeps. */
    public enum CompactionMode {
        /** By time. */
        PERIODIC,
        /** By number. */
        REVISION
    }

    /** As etcd's default. */
    public static final long DEFAULT_QUOTA_BYTES = 2L << 30;

    private long quotaBackendBytes = DEFAULT_QUOTA_BYTES;
    private CompactionMode autoCompactionMode = CompactionMode.PERIODIC;
    private long autoCompactionRetention;
    private LongSupplier memberId = () -> 0;
    private LongSupplier seed = () -> 0;
    private SegmentMemory segmentMemory = NativeMemory.INSTANCE;
    private long maxHeldBytes = 256L << 20;
    private long maxLeaseBytes = 64L << 20;
    private WatchLimits watchLimits = WatchLimits.DEFAULT;

    /** What keys and history may take before puts are refused; 0: the default; below: no limit. */
    public KvContext quotaBackendBytes(final long quotaBackendBytes) {
        this.quotaBackendBytes =
                quotaBackendBytes == 0
                        ? DEFAULT_QUOTA_BYTES
                        : quotaBackendBytes < 0 ? Long.MAX_VALUE / 2 : quotaBackendBytes;
        return this;
    }

    public long quotaBackendBytes() {
        return quotaBackendBytes;
    }

    /**
     * What the leader compacts by itself.
     *
     * @param retention nanoseconds, or revisions; 0: nothing is compacted by itself.
     */
    public KvContext autoCompaction(final CompactionMode mode, final long retention) {
        autoCompactionMode = mode;
        autoCompactionRetention = retention;
        return this;
    }

    public CompactionMode autoCompactionMode() {
        return autoCompactionMode;
    }

    public long autoCompactionRetention() {
        return autoCompactionRetention;
    }

    /** Who this member is, for alarms; asked when it runs. */
    public KvContext memberId(final LongSupplier memberId) {
        this.memberId = memberId;
        return this;
    }

    public LongSupplier memberId() {
        return memberId;
    }

    /**
     * Where seeds of hashes and ranks come from, one for each state. No client may know them, and
     * nothing that is replicated or told depends on them.
     */
    public KvContext seed(final LongSupplier seed) {
        this.seed = seed;
        return this;
    }

    public LongSupplier seed() {
        return seed;
    }

    /** Where keys and their history lie. All states of a member share it. */
    public KvContext segmentMemory(final SegmentMemory segmentMemory) {
        this.segmentMemory = segmentMemory;
        return this;
    }

    public SegmentMemory segmentMemory() {
        return segmentMemory;
    }

    /** Java heap that leases and the keys on them may take before nothing is added to them. */
    public KvContext maxLeaseBytes(final long maxLeaseBytes) {
        this.maxLeaseBytes = maxLeaseBytes;
        return this;
    }

    public long maxLeaseBytes() {
        return maxLeaseBytes;
    }

    /** What reads in slices may hold on to, all together, before the oldest are cut. */
    public KvContext maxHeldBytes(final long maxHeldBytes) {
        this.maxHeldBytes = maxHeldBytes;
        return this;
    }

    public long maxHeldBytes() {
        return maxHeldBytes;
    }

    /** How much watches are told in one go. */
    public KvContext watchLimits(final WatchLimits watchLimits) {
        this.watchLimits = watchLimits;
        return this;
    }

    public WatchLimits watchLimits() {
        return watchLimits;
    }
}
