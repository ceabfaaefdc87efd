package io.larch.engine.kv;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.lease.Lease;
import io.larch.engine.lease.LeaseClock;
import io.larch.engine.lease.LeaseTable;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Answers questions about leases: the fields of the responses but their headers. */
final class LeaseReads {
    private static final int ID = 2;
    private static final int TTL = 3;
    private static final int GRANTED_TTL = 4;
    private static final int KEYS = 5;

    /** Leases, or keys of one, that are sorted and told in one go. */
    static final int MAX_IN_ONE_GO = 2_000;

    private final UnsafeBuffer key = new UnsafeBuffer(0, 0);
    private final LeaseTable leases;
    private final LeaseClock clock;

    /** What the last request said. */
    private long id;

    private boolean hasKeys;

    LeaseReads(final KvState state) {
        leases = state.leases();
        clock = state.clock();
    }

    /** Whether the answer is more than may be made in one go. */
    boolean isLong(final byte type, final ProtoReader request) {
        if (type == KvCommand.LEASE_LIST) {
            return leases.size() > MAX_IN_ONE_GO;
        }
        if (type != KvCommand.LEASE_TIME_TO_LIVE) {
            return false;
        }
        read(request);
        final Lease lease = leases.get(id);
        return lease != null && hasKeys && lease.keyCount() > MAX_IN_ONE_GO;
    }

    /** Begins the answer to what {@link #isLong} has said yes to. */
    Piece piece(final byte type, final long clusterNanos) {
        if (type == KvCommand.LEASE_LIST) {
            return new LeaseListPiece(leases);
        }
        final Lease lease = leases.get(id);
        final ExpandableArrayBuffer head = new ExpandableArrayBuffer(64);
        return new LeaseKeysPiece(leases, lease, head, putTimes(lease, clusterNanos, head, 0));
    }

    private void read(final ProtoReader request) {
        id = 0;
        hasKeys = false;
        while (request.next()) {
            switch (request.field()) {
                case 1 -> id = request.number();
                case 2 -> hasKeys = request.flag();
                default -> {
                    // Of no meaning here.
                }
            }
        }
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
        read(request);
        final Lease lease = leases.get(id);
        if (lease == null) {
            return ProtoWriter.number(target, ProtoWriter.number(target, offset, ID, id), TTL, -1);
        }
        final int at = putTimes(lease, clusterNanos, target, offset);
        return hasKeys ? putKeys(lease, target, at) : at;
    }

    private int putTimes(
            final Lease lease,
            final long clusterNanos,
            final MutableDirectBuffer target,
            final int offset) {
        final long left = LeaseTable.secondsLeft(lease, clock.at(clusterNanos));
        int at = ProtoWriter.number(target, offset, ID, lease.id());
        at = ProtoWriter.number(target, at, TTL, left);
        return ProtoWriter.number(target, at, GRANTED_TTL, lease.ttlSeconds());
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
        for (final Lease lease : leases.sorted()) {
            at = LeaseListPiece.put(target, at, lease.id());
        }
        return at;
    }
}
