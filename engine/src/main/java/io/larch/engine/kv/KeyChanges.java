package io.larch.engine.kv;

import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.lease.Lease;
import io.larch.engine.lease.LeaseTable;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.VersionConsumer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Puts and deletions, and what they mean for leases. What is asked for is checked first, without
 * changing anything, and then done, which cannot fail: so a transaction of several is done as a
 * whole or not at all. A put allocates nothing, but for a key that comes to hang on a lease.
 */
final class KeyChanges {
    private static final int PUT_PREVIOUS = 2;
    private static final int DELETED = 2;
    private static final int DELETED_PREVIOUS = 3;

    private final KeyVersion previous = new KeyVersion();
    private final KeyVersion current = new KeyVersion();
    private final VersionConsumer onDeleted = this::deleted;
    private final MvccStore store;
    private final LeaseTable leases;

    /** Where the answer to a deletion is written, with what was there; null: it is not told. */
    private MutableDirectBuffer deletedTarget;

    private int deletedAt;

    KeyChanges(final KvState state) {
        store = state.store();
        leases = state.leases();
    }

    /**
     * Why a put that is no part of a transaction cannot be done in the state as it is; null: it
     * can. As etcd does, it looks at the lease first; in a transaction it looks at it last.
     *
     * @param nowNanos by the leases' clock.
     */
    KvError checkAlone(final PutRequest put, final long nowNanos) {
        return lacksLease(put, nowNanos) ? KvError.LEASE_NOT_FOUND : check(put, nowNanos);
    }

    /**
     * Why a put of a transaction cannot be done in the state as it is; null: it can.
     *
     * @param nowNanos by the leases' clock.
     */
    KvError check(final PutRequest put, final long nowNanos) {
        if ((put.ignoresValue || put.ignoresLease) && !find(put)) {
            return KvError.KEY_NOT_FOUND;
        }
        return lacksLease(put, nowNanos) ? KvError.LEASE_NOT_FOUND : null;
    }

    private boolean lacksLease(final PutRequest put, final long nowNanos) {
        return put.lease != 0 && !leases.isLive(put.lease, nowNanos);
    }

    /**
     * Most bytes that a put adds to the store, as it is now: one that ignores its value writes the
     * key's once more.
     */
    long growth(final PutRequest put) {
        final int kept = put.ignoresValue && find(put) ? current.valueLength() : 0;
        final int ofLease = put.lease == 0 ? 0 : LeaseTable.KEY_BYTES + put.keyLength;
        return MvccStore.growthOfPut(put.keyLength, Math.max(put.valueLength, kept)) + ofLease;
    }

    private boolean find(final PutRequest put) {
        return store.get(put.buffer, put.keyOffset, put.keyLength, MvccStore.NEWEST, current);
    }

    /**
     * Does a put that was checked.
     *
     * @return the end of the PutResponse's fields that were written, its header left out.
     */
    int put(final PutRequest put, final MutableDirectBuffer target, final int offset) {
        DirectBuffer value = put.buffer;
        int valueOffset = put.valueOffset;
        int valueLength = put.valueLength;
        long lease = put.lease;
        if (put.ignoresValue || put.ignoresLease) {
            find(put);
            if (put.ignoresValue) {
                value = current.buffer();
                valueOffset = current.valueOffset();
                valueLength = current.valueLength();
            }
            lease = put.ignoresLease ? current.lease() : lease;
        }
        store.put(
                put.buffer,
                put.keyOffset,
                put.keyLength,
                value,
                valueOffset,
                valueLength,
                lease,
                previous);
        final boolean wasThere = previous.isSet();
        hang(put, wasThere ? previous.lease() : 0, lease);
        return put.hasPrevious && wasThere
                ? KeyValues.put(target, offset, PUT_PREVIOUS, previous, false)
                : offset;
    }

    private void hang(final PutRequest put, final long before, final long after) {
        if (before == after) {
            return;
        }
        if (after == 0) {
            leases.detach(put.buffer, put.keyOffset, put.keyLength);
        } else {
            leases.attach(leases.get(after), put.buffer, put.keyOffset, put.keyLength);
        }
    }

    /**
     * Deletes a range.
     *
     * @return the end of the DeleteRangeResponse's fields that were written, its header left out.
     */
    int delete(final DeleteRequest delete, final MutableDirectBuffer target, final int offset) {
        deletedTarget = null;
        int end = offset;
        if (delete.hasPrevious) {
            end = ProtoWriter.number(target, end, DELETED, store.count(delete.range));
            deletedTarget = target;
            deletedAt = end;
            deleteRange(delete);
            deletedTarget = null;
            return deletedAt;
        }
        return ProtoWriter.number(target, end, DELETED, deleteRange(delete));
    }

    private long deleteRange(final DeleteRequest delete) {
        final long count = store.deleteRange(delete.range, onDeleted);
        leases.detachNoted();
        return count;
    }

    private void deleted(final KeyVersion version) {
        if (version.lease() != 0) {
            leases.detachSoon(version.buffer(), version.keyOffset(), version.keyLength());
        }
        if (deletedTarget != null) {
            deletedAt = KeyValues.put(deletedTarget, deletedAt, DELETED_PREVIOUS, version, false);
        }
    }

    /** Ends a lease: its keys go with it, sorted, all in one revision; none without keys. */
    void end(final Lease lease) {
        final byte[][] keys = LeaseTable.keysOf(lease);
        leases.remove(lease);
        if (keys.length == 0) {
            return;
        }
        store.begin();
        store.deleteAll(keys);
        store.commit();
    }
}
