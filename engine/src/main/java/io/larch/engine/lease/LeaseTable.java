package io.larch.engine.lease;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * The leases that there are, in the order in which they end, and which keys hang on them. A key
 * hangs on one lease at most. Deadlines are of the {@link LeaseClock}; whoever calls says what time
 * it is.
 *
 * <p>The order depends on ids and deadlines alone, so that a table filled from a snapshot goes on
 * as the one did that it was made of. Renewing, and attaching a key to the lease that it hangs on,
 * allocate nothing. Owned by the engine thread.
 */
public final class LeaseTable {
    /** What a lease without keys takes, in bytes, to count what there is. */
    public static final int LEASE_BYTES = 128;

    /** What a key that hangs on a lease takes beside its own bytes. */
    public static final int KEY_BYTES = 128;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int INITIAL_CAPACITY = 64;

    /** By ids as they are {@link #hashed}. */
    private final Long2ObjectHashMap<Lease> byId = new Long2ObjectHashMap<>();

    private final long idFactor;
    private final List<LeaseWalk> walks = new ArrayList<>();
    private final AttachedKeys keys;
    private final Detachments detachments;

    /** A binary heap; each lease knows its place. */
    private Lease[] heap = new Lease[INITIAL_CAPACITY];

    private int size;
    private Lease oldest;
    private Lease newest;
    private long lastSequence;

    /**
     * An empty table.
     *
     * @param seed of hashes, which clients do not know; nothing that is replicated depends on it.
     */
    public LeaseTable(final long seed) {
        idFactor = new SplittableRandom(seed).nextLong() | 1;
        keys = new AttachedKeys(seed, walks);
        detachments = new Detachments(keys);
    }

    /** Clients may choose ids, so the map does not get these; two are never the same. */
    long hashed(final long id) {
        return id * idFactor;
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** Memory of the Java heap that all of it takes, about. */
    public long bytes() {
        return (long) size * LEASE_BYTES + (long) keys.size() * KEY_BYTES + keys.keyBytes();
    }

    /** Keys that hang on some lease. */
    public int keyCount() {
        return keys.size();
    }

    /** The lease of an id, whether or not its time is up; null when there is none. */
    public Lease get(final long id) {
        return byId.get(hashed(id));
    }

    /** Whether there is a lease of this id whose time is not up. */
    public boolean isLive(final long id, final long nowNanos) {
        final Lease lease = byId.get(hashed(id));
        return lease != null && !isOver(lease, nowNanos);
    }

    /** Whether a lease's time is up. */
    public static boolean isOver(final Lease lease, final long nowNanos) {
        return lease.deadlineNanos <= nowNanos;
    }

    /** Whole seconds that a lease has left; 0 for one that is over. */
    public static long secondsLeft(final Lease lease, final long nowNanos) {
        return Math.max(0, lease.deadlineNanos - nowNanos) / NANOS_PER_SECOND;
    }

    /**
     * Adds a lease of an id that there is none of.
     *
     * @param ttlSeconds more than 0.
     */
    public Lease grant(final long id, final long ttlSeconds, final long nowNanos) {
        return add(id, ttlSeconds, deadline(ttlSeconds, nowNanos));
    }

    /** Adds a lease of an id that there is none of, as it was in a snapshot. */
    public Lease add(final long id, final long ttlSeconds, final long deadlineNanos) {
        if (byId.containsKey(hashed(id))) {
            throw new IllegalStateException("lease " + Long.toHexString(id) + " is there already");
        }
        final Lease lease = new Lease(id, ttlSeconds);
        lease.deadlineNanos = deadlineNanos;
        byId.put(hashed(id), lease);
        link(lease);
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        place(lease, size++);
        siftUp(lease.position);
        return lease;
    }

    private void link(final Lease lease) {
        lease.sequence = ++lastSequence;
        lease.older = newest;
        if (newest == null) {
            oldest = lease;
        } else {
            newest.newer = lease;
        }
        newest = lease;
    }

    private void unlink(final Lease lease) {
        for (int i = 0; i < walks.size(); i++) {
            walks.get(i).removing(lease);
        }
        if (lease.older == null) {
            oldest = lease.newer;
        } else {
            lease.older.newer = lease.newer;
        }
        if (lease.newer == null) {
            newest = lease.older;
        } else {
            lease.newer.older = lease.older;
        }
    }

    /** Begins to go through all leases, in no order that counts. */
    public LeaseWalk walk() {
        return opened(new LeaseWalk(this, oldest, lastSequence));
    }

    /** Begins to go through the keys of a lease, in no order that counts. */
    public LeaseWalk walkKeys(final Lease lease) {
        return opened(new LeaseWalk(this, lease));
    }

    private LeaseWalk opened(final LeaseWalk walk) {
        walks.add(walk);
        return walk;
    }

    void closed(final LeaseWalk walk) {
        walks.remove(walk);
    }

    /** The lease has all its time again from now on. */
    public void renew(final Lease lease, final long nowNanos) {
        lease.deadlineNanos = deadline(lease.ttlSeconds, nowNanos);
        siftDown(siftUp(lease.position));
    }

    /** Forgets a lease; its keys hang on none. */
    public void remove(final Lease lease) {
        unlink(lease);
        keys.detachAll(lease);
        byId.remove(hashed(lease.id));
        final Lease last = heap[--size];
        heap[size] = null;
        if (last != lease) {
            place(last, lease.position);
            siftDown(siftUp(last.position));
        }
    }

    /** The lease that ends next; null when there is none. */
    public Lease next() {
        return size == 0 ? null : heap[0];
    }

    /** A key hangs on this lease from now on, and on no other. */
    public void attach(
            final Lease lease, final DirectBuffer key, final int offset, final int length) {
        keys.attach(lease, key, offset, length);
    }

    /** A key hangs on no lease from now on. */
    public void detach(final DirectBuffer key, final int offset, final int length) {
        keys.detach(key, offset, length);
    }

    /**
     * As {@link #detach}, by the next {@link #detachNoted} at the latest: takes less time for many.
     *
     * @param key whose bytes stay where they are until then.
     */
    public void detachSoon(final DirectBuffer key, final int offset, final int length) {
        detachments.add(key, offset, length);
    }

    /** Nothing is left of what {@link #detachSoon} was told. */
    public void detachNoted() {
        detachments.run();
    }

    /** The lease that a key hangs on; null for none. */
    public Lease leaseOf(final DirectBuffer key, final int offset, final int length) {
        return keys.leaseOf(key, offset, length);
    }

    /** The keys of a lease, sorted by their bytes, taken as unsigned. */
    public static byte[][] keysOf(final Lease lease) {
        final byte[][] sorted = new byte[lease.keyCount][];
        int count = 0;
        for (AttachedKey each = lease.firstKey; each != null; each = each.next) {
            sorted[count++] = each.key;
        }
        KeyOrder.sort(sorted);
        return sorted;
    }

    /** All leases, in the order of ends. */
    public Lease[] sorted() {
        final Lease[] sorted = Arrays.copyOf(heap, size);
        Arrays.sort(sorted, (a, b) -> a == b ? 0 : a.endsBefore(b) ? -1 : 1);
        return sorted;
    }

    private static long deadline(final long ttlSeconds, final long nowNanos) {
        final long most = (Long.MAX_VALUE - Math.max(0, nowNanos)) / NANOS_PER_SECOND;
        return nowNanos + Math.min(ttlSeconds, most) * NANOS_PER_SECOND;
    }

    private int siftUp(final int start) {
        final Lease moved = heap[start];
        int position = start;
        while (position > 0) {
            final int parent = (position - 1) >>> 1;
            if (!moved.endsBefore(heap[parent])) {
                break;
            }
            place(heap[parent], position);
            position = parent;
        }
        place(moved, position);
        return position;
    }

    private void siftDown(final int start) {
        final Lease moved = heap[start];
        int position = start;
        while (true) {
            int child = 2 * position + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && heap[child + 1].endsBefore(heap[child])) {
                child++;
            }
            if (!heap[child].endsBefore(moved)) {
                break;
            }
            place(heap[child], position);
            position = child;
        }
        place(moved, position);
    }

    private void place(final Lease lease, final int position) {
        heap[position] = lease;
        lease.position = position;
    }
}
