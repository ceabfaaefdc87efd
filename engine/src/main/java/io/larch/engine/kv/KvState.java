package io.larch.engine.kv;

import io.larch.engine.lease.LeaseClock;
import io.larch.engine.lease.LeaseTable;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.SegmentMemory;

/** All that is replicated of the v3 API. */
record KvState(MvccStore store, LeaseTable leases, LeaseClock clock, AlarmTable alarms)
        implements AutoCloseable {

    /**
     * @param memory of what is written, see {@link KvContext#segmentMemory}.
     * @param seed of hashes, see {@link KvContext#seed}.
     */
    static KvState empty(final SegmentMemory memory, final long seed) {
        return new KvState(
                new MvccStore(memory), new LeaseTable(seed), new LeaseClock(), new AlarmTable());
    }

    /** Whether it is as if nothing had ever been changed. */
    boolean isPristine() {
        return store.revision() == 1
                && store.compactedRevision() < 0
                && leases.isEmpty()
                && clock.stoodNanos() == 0
                && alarms.isEmpty();
    }

    /** What a quota looks at: keys, their history, and leases. */
    long usedBytes() {
        return store.usedBytes() + leases.bytes();
    }

    @Override
    public void close() {
        store.close();
    }
}
