package io.larch.engine.lease;

/**
 * Goes through leases, or through the keys of one, in slices, while others come and go: each that
 * is there all the time is passed once, one that comes later is not. To be closed.
 *
 * <p>Owned by the engine thread.
 */
public final class LeaseWalk implements AutoCloseable {
    private final LeaseTable table;

    /** Leases that came later are not passed. */
    private final long lastSequence;

    /** Whose keys are passed; null: leases are. */
    private final Lease ofKeys;

    Lease nextLease;
    AttachedKey nextKey;

    LeaseWalk(final LeaseTable table, final Lease first, final long lastSequence) {
        this.table = table;
        this.lastSequence = lastSequence;
        ofKeys = null;
        nextLease = first;
    }

    LeaseWalk(final LeaseTable table, final Lease ofKeys) {
        this.table = table;
        this.ofKeys = ofKeys;
        lastSequence = 0;
        nextKey = ofKeys.firstKey;
    }

    /** The next lease; null: there is none. */
    public Lease next() {
        final Lease next = nextLease;
        if (next == null || next.sequence > lastSequence) {
            return null;
        }
        nextLease = next.newer;
        return next;
    }

    /** The next key, not to be changed; null: there is none. */
    public byte[] nextKey() {
        final AttachedKey next = nextKey;
        if (next == null) {
            return null;
        }
        nextKey = next.next;
        return next.key;
    }

    void removing(final Lease lease) {
        if (nextLease == lease) {
            nextLease = lease.newer;
        }
        if (ofKeys == lease) {
            nextKey = null;
        }
    }

    void unlinking(final AttachedKey key) {
        if (nextKey == key) {
            nextKey = key.next;
        }
    }

    @Override
    public void close() {
        table.closed(this);
    }
}
