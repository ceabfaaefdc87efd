package io.larch.engine.kv;

import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.lease.Lease;
import io.larch.engine.lease.LeaseTable;
import io.larch.engine.lease.LeaseWalk;
import io.larch.engine.mvcc.Step;
import org.agrona.MutableDirectBuffer;

/**
 * The fields of a LeaseLeasesResponse but its header, for many leases: in the order in which they
 * ended when they were looked at.
 */
final class LeaseListPiece implements Piece {
    private static final int LEASES = 2;
    private static final int LEASE_ID = 1;

    private final SlicedSort sort = new SlicedSort(this::compare);
    private final LeaseWalk walk;
    private final long[] ids;
    private final long[] deadlines;
    private int count;
    private int written;
    private long length;
    private boolean isSorting;

    LeaseListPiece(final LeaseTable leases) {
        walk = leases.walk();
        ids = new long[leases.size()];
        deadlines = new long[leases.size()];
    }

    /** Writes one lease's field. Returns the end. */
    static int put(final MutableDirectBuffer target, final int offset, final long id) {
        final int at =
                ProtoWriter.head(target, offset, LEASES, ProtoWriter.numberLength(LEASE_ID, id));
        return ProtoWriter.number(target, at, LEASE_ID, id);
    }

    @Override
    public Step prepare(final int maxSteps) {
        if (isSorting) {
            return sort.advance(maxSteps) ? Step.END : Step.PAUSED;
        }
        for (int steps = 0; steps < maxSteps; steps++) {
            final Lease lease = walk.next();
            if (lease == null) {
                isSorting = true;
                sort.begin(count);
                break;
            }
            ids[count] = lease.id();
            deadlines[count++] = lease.deadlineNanos();
            length +=
                    ProtoWriter.elementLength(
                            LEASES, ProtoWriter.numberLength(LEASE_ID, lease.id()));
        }
        return Step.PAUSED;
    }

    private int compare(final int left, final int right) {
        final int order = Long.compare(deadlines[left], deadlines[right]);
        return order == 0 ? Long.compare(ids[left], ids[right]) : order;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public boolean isWritten() {
        return written == count;
    }

    @Override
    public int write(
            final MutableDirectBuffer target,
            final int offset,
            final int maxLength,
            final int maxSteps) {
        int at = offset;
        for (int steps = 0;
                steps < maxSteps && written < count && at - offset < maxLength;
                steps++) {
            at = put(target, at, ids[sort.get(written++)]);
        }
        return at;
    }

    @Override
    public long heldBytes() {
        return (2L * Long.BYTES + 2 * Integer.BYTES) * ids.length;
    }

    @Override
    public void close() {
        walk.close();
    }
}
