package io.larch.engine.lease;

import java.util.List;
import org.agrona.DirectBuffer;

/**
 * All keys that hang on leases, by their bytes, and each lease's in a list. Keys are chosen by
 * clients, so their hashes depend on a number that no client knows. It need not be the same for all
 * members: whoever looks at the keys of a lease sorts them.
 */
final class AttachedKeys {
    private static final int INITIAL_BUCKETS = 64;
    private static final int SHIFT = 29;

    /** That stand on keys, perhaps. */
    private final List<LeaseWalk> walks;

    private final long factor;
    private AttachedKey[] buckets = new AttachedKey[INITIAL_BUCKETS];
    private int size;
    private long keyBytes;

    /**
     * @param seed that clients do not know.
     * @param walks told of each key that leaves its lease's list alone.
     */
    AttachedKeys(final long seed, final List<LeaseWalk> walks) {
        factor = seed * 0x9E3779B97F4A7C15L | 1;
        this.walks = walks;
    }

    /** Of the keys themselves. */
    long keyBytes() {
        return keyBytes;
    }

    int size() {
        return size;
    }

    /** The lease that a key hangs on; null for none. */
    Lease leaseOf(final DirectBuffer key, final int offset, final int length) {
        if (size == 0) {
            return null;
        }
        final AttachedKey found = find(key, offset, length, hash(key, offset, length));
        return found == null ? null : found.lease;
    }

    /** A key hangs on this lease from now on, and on no other. */
    void attach(final Lease lease, final DirectBuffer key, final int offset, final int length) {
        final int hash = hash(key, offset, length);
        final AttachedKey found = find(key, offset, length, hash);
        if (found == null) {
            final byte[] bytes = new byte[length];
            key.getBytes(offset, bytes);
            add(new AttachedKey(bytes, hash, lease));
        } else if (found.lease != lease) {
            unlink(found);
            found.lease = lease;
            link(found);
        }
    }

    /** A key hangs on no lease from now on. */
    void detach(final DirectBuffer key, final int offset, final int length) {
        if (size > 0) {
            detach(key, offset, length, hash(key, offset, length));
        }
    }

    /**
     * The same.
     *
     * @param hash of the key.
     */
    void detach(final DirectBuffer key, final int offset, final int length, final int hash) {
        final AttachedKey found = find(key, offset, length, hash);
        if (found != null) {
            unlink(found);
            remove(found);
        }
    }

    /** The keys of a lease hang on none from now on. */
    void detachAll(final Lease lease) {
        for (AttachedKey each = lease.firstKey; each != null; each = each.next) {
            remove(each);
        }
        lease.firstKey = null;
        lease.keyCount = 0;
    }

    /** The first key of those whose hashes go the same way; null: there is none. */
    AttachedKey first(final int hash) {
        return buckets[hash & buckets.length - 1];
    }

    private AttachedKey find(
            final DirectBuffer key, final int offset, final int length, final int hash) {
        AttachedKey each = first(hash);
        while (each != null && !(each.hash == hash && each.is(key, offset, length))) {
            each = each.nextInBucket;
        }
        return each;
    }

    private void add(final AttachedKey added) {
        if (size == buckets.length) {
            grow();
        }
        put(buckets, added);
        size++;
        keyBytes += added.key.length;
        link(added);
    }

    private void grow() {
        final AttachedKey[] wider = new AttachedKey[buckets.length * 2];
        for (final AttachedKey first : buckets) {
            AttachedKey each = first;
            while (each != null) {
                final AttachedKey next = each.nextInBucket;
                put(wider, each);
                each = next;
            }
        }
        buckets = wider;
    }

    private static void put(final AttachedKey[] table, final AttachedKey added) {
        final int bucket = added.hash & table.length - 1;
        added.nextInBucket = table[bucket];
        table[bucket] = added;
    }

    private void remove(final AttachedKey removed) {
        final int bucket = removed.hash & buckets.length - 1;
        if (buckets[bucket] == removed) {
            buckets[bucket] = removed.nextInBucket;
        } else {
            AttachedKey before = buckets[bucket];
            while (before.nextInBucket != removed) {
                before = before.nextInBucket;
            }
            before.nextInBucket = removed.nextInBucket;
        }
        size--;
        keyBytes -= removed.key.length;
    }

    private static void link(final AttachedKey added) {
        final Lease lease = added.lease;
        added.previous = null;
        added.next = lease.firstKey;
        if (added.next != null) {
            added.next.previous = added;
        }
        lease.firstKey = added;
        lease.keyCount++;
    }

    private void unlink(final AttachedKey removed) {
        for (int i = 0; i < walks.size(); i++) {
            walks.get(i).unlinking(removed);
        }
        if (removed.previous == null) {
            removed.lease.firstKey = removed.next;
        } else {
            removed.previous.next = removed.next;
        }
        if (removed.next != null) {
            removed.next.previous = removed.previous;
        }
        removed.lease.keyCount--;
    }

    int hash(final DirectBuffer key, final int offset, final int length) {
        long hash = length;
        for (int i = 0; i < length; i++) {
            hash = (hash + (key.getByte(offset + i) & 0xff) + 1) * factor;
            hash ^= hash >>> SHIFT;
        }
        return (int) (hash ^ hash >>> Integer.SIZE);
    }
}
