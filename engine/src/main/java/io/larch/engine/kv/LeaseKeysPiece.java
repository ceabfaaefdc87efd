package io.larch.engine.kv;

import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.lease.Lease;
import io.larch.engine.lease.LeaseTable;
import io.larch.engine.lease.LeaseWalk;
import io.larch.engine.mvcc.Step;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The fields of a LeaseTimeToLiveResponse but its header, of a lease with many keys: these by their
 * bytes.
 */
final class LeaseKeysPiece implements Piece {
    private static final int KEYS = 5;

    /** What a key takes beside its bytes, which are the lease's. */
    private static final int HELD_BYTES = Long.BYTES + 2 * Integer.BYTES;

    private final SlicedSort sort = new SlicedSort(this::compare);
    private final UnsafeBuffer key = new UnsafeBuffer(0, 0);
    private final DirectBuffer head;
    private final int headLength;
    private final LeaseWalk walk;
    private final byte[][] keys;
    private int count;
    private int written;
    private long length;
    private boolean isSorting;
    private boolean isHeadWritten;

    /**
     * @param head the fields in front of the keys; kept.
     */
    LeaseKeysPiece(
            final LeaseTable leases,
            final Lease lease,
            final DirectBuffer head,
            final int headLength) {
        this.head = head;
        this.headLength = headLength;
        walk = leases.walkKeys(lease);
        keys = new byte[lease.keyCount()][];
        length = headLength;
    }

    @Override
    public Step prepare(final int maxSteps) {
        if (isSorting) {
            return sort.advance(maxSteps) ? Step.END : Step.PAUSED;
        }
        for (int steps = 0; steps < maxSteps; steps++) {
            final byte[] next = walk.nextKey();
            if (next == null) {
                isSorting = true;
                sort.begin(count);
                break;
            }
            keys[count++] = next;
            length += ProtoWriter.elementLength(KEYS, next.length);
        }
        return Step.PAUSED;
    }

    private int compare(final int left, final int right) {
        return Arrays.compareUnsigned(keys[left], keys[right]);
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public boolean isWritten() {
        return isHeadWritten && written == count;
    }

    @Override
    public int write(
            final MutableDirectBuffer target,
            final int offset,
            final int maxLength,
            final int maxSteps) {
        int at = offset;
        if (!isHeadWritten) {
            isHeadWritten = true;
            target.putBytes(at, head, 0, headLength);
            at += headLength;
        }
        for (int steps = 0;
                steps < maxSteps && written < count && at - offset < maxLength;
                steps++) {
            final byte[] next = keys[sort.get(written++)];
            key.wrap(next);
            at = ProtoWriter.element(target, at, KEYS, key, 0, next.length);
        }
        return at;
    }

    @Override
    public long heldBytes() {
        return (long) HELD_BYTES * keys.length;
    }

    @Override
    public void close() {
        walk.close();
    }
}
