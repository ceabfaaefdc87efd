package io.larch.engine.kv;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.lease.Lease;
import io.larch.engine.lease.LeaseClock;
import io.larch.engine.lease.LeaseTable;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Answers questions about leases: the fields of the responses but their headers. */
final class LeaseReads {
    private static final int ID = 2;
    private static final int TTL = 3;
    private static final int GRANTED_TTL = 4;
    private static final int KEYS = 5;
    private static final int LEASES = 2;
    private static final int LEASE_ID = 1;

    private final UnsafeBuffer key = new UnsafeBuffer(0, 0);
    private final LeaseTable leases;
    private final LeaseClock clock;

    LeaseReads(final KvState state) {
        leases = state.leases();
        clock = state.clock();
    }

    /**
     * How long a lease has left; -1 for what is not there.
     *
     * @param clusterNanos the time, by the cluster's clock.
     */
    int timeToLive(
            final ProtoReader request,
            final long clusterNanos,
            final MutableDirectBuffer target,
            final int offset) {
        long id = 0;
        boolean hasKeys = false;
        while (request.next()) {
            switch (request.field()) {
                case 1 -> id = request.number();
                case 2 -> hasKeys = request.flag();
                default -> {
                    // Of no meaning here.
                }
            }
        }
        int at = ProtoWriter.number(target, offset, ID, id);
        final Lease lease = leases.get(id);
        if (lease == null) {
            return ProtoWriter.number(target, at, TTL, -1);
        }
        final long left = LeaseTable.secondsLeft(lease, clock.at(clusterNanos));
        at = ProtoWriter.number(target, at, TTL, left);
        at = ProtoWriter.number(target, at, GRANTED_TTL, lease.ttlSeconds());
        return hasKeys ? putKeys(lease, target, at) : at;
    }

    private int putKeys(final Lease lease, final MutableDirectBuffer target, final int offset) {
        int at = offset;
        for (final byte[] each : LeaseTable.keysOf(lease)) {
            key.wrap(each);
            at = ProtoWriter.element(target, at, KEYS, key, 0, each.length);
        }
        return at;
    }

    /** All leases, in the order in which they end. */
    int list(final MutableDirectBuffer target, final int offset) {
        int at = offset;
        for (final long id : leases.ids()) {
            at = ProtoWriter.head(target, at, LEASES, ProtoWriter.numberLength(LEASE_ID, id));
            at = ProtoWriter.number(target, at, LEASE_ID, id);
        }
        return at;
    }
}
