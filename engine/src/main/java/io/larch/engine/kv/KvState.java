package io.larch.engine.kv;

import io.larch.engine.lease.LeaseClock;
import io.larch.engine.lease.LeaseTable;
import io.larch.engine.mvcc.MvccStore;

/** All that is replicated of the v3 API. */
record KvState(MvccStore store, LeaseTable leases, LeaseClock clock, AlarmTable alarms)
        implements AutoCloseable {

    /**
     * @param seed of hashes, see {@link KvContext#seed}.
     */
    static KvState empty(final long seed) {
        return new KvState(
                new MvccStore(), new LeaseTable(seed), new LeaseClock(), new AlarmTable());
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
