package io.larch.engine.keys.tree;

import java.util.Arrays;
import org.agrona.collections.Int2IntHashMap;

/**
 * Nodes with a TTL, the next to expire on top. Equal instants go in the order in which the TTLs
 * were set. A binary heap that knows where each node stands, so that a TTL is replaced in place.
 */
public final class TtlKeyHeap {
    private static final int INITIAL_CAPACITY = 64;
    private static final int ABSENT = -1;

    private final Int2IntHashMap positions = new Int2IntHashMap(ABSENT);
    private long[] expirations = new long[INITIAL_CAPACITY];
    private long[] ttlIndexes = new long[INITIAL_CAPACITY];
    private int[] ids = new int[INITIAL_CAPACITY];
    private int size;

    public int size() {
        return size;
    }

    /** The node to expire next; only if there is one. */
    public int topId() {
        return ids[0];
    }

    public long topExpirationNanos() {
        return expirations[0];
    }

    /** Sets or replaces a node's expiration. */
    void put(final int id, final long expirationNanos, final long ttlIndex) {
        int position = positions.get(id);
        if (position == ABSENT) {
            if (size == ids.length) {
                grow();
            }
            position = size++;
        }
        set(position, id, expirationNanos, ttlIndex);
        siftDown(siftUp(position));
    }

    /** Forgets a node, if it is there. */
    public void remove(final int id) {
        final int position = positions.remove(id);
        if (position == ABSENT) {
            return;
        }
        final int last = --size;
        if (position != last) {
            set(position, ids[last], expirations[last], ttlIndexes[last]);
            siftDown(siftUp(position));
        }
    }

    private void grow() {
        final int capacity = ids.length * 2;
        expirations = Arrays.copyOf(expirations, capacity);
        ttlIndexes = Arrays.copyOf(ttlIndexes, capacity);
        ids = Arrays.copyOf(ids, capacity);
    }

    private int siftUp(final int start) {
        int position = start;
        while (position > 0) {
            final int parent = (position - 1) >>> 1;
            if (!isBefore(position, parent)) {
                break;
            }
            swap(position, parent);
            position = parent;
        }
        return position;
    }

    private void siftDown(final int start) {
        int position = start;
        while (true) {
            int child = 2 * position + 1;
            if (child >= size) {
                return;
            }
            if (child + 1 < size && isBefore(child + 1, child)) {
                child++;
            }
            if (!isBefore(child, position)) {
                return;
            }
            swap(position, child);
            position = child;
        }
    }

    private boolean isBefore(final int left, final int right) {
        return expirations[left] != expirations[right]
                ? expirations[left] < expirations[right]
                : ttlIndexes[left] < ttlIndexes[right];
    }

    private void swap(final int left, final int right) {
        final int id = ids[left];
        final long expiration = expirations[left];
        final long ttlIndex = ttlIndexes[left];
        set(left, ids[right], expirations[right], ttlIndexes[right]);
        set(right, id, expiration, ttlIndex);
    }

    private void set(
            final int position, final int id, final long expirationNanos, final long ttlIndex) {
        ids[position] = id;
        expirations[position] = expirationNanos;
        ttlIndexes[position] = ttlIndex;
        positions.put(id, position);
    }
}
