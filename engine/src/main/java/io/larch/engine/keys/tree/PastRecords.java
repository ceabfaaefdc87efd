package io.larch.engine.keys.tree;

import org.agrona.UnsafeApi;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.LongArrayList;

/**
 * What the tree looked like when reads began that are not done yet: the record of a node is kept
 * before it changes or goes, if such a read may still come by. Links are part of a record, so a
 * read that follows them sees the whole tree as of its beginning.
 *
 * <p>Each view has a version, later ones higher ones. A record kept at version v is the one that
 * views below v see, unless an older kept one is. For each node at most one record is kept between
 * the beginnings of two views, and none when there are no views.
 *
 * <p>Owned by the engine thread; the memory lies outside the heap.
 */
public final class PastRecords implements AutoCloseable {
    private static final int INITIAL_CAPACITY = 256;
    private static final long NONE = -1;

    private final LargePayloads payloads;
    private final LongArrayList views = new LongArrayList();

    /** Node id to the sequence number of the record kept last. */
    private final Long2LongHashMap newest = new Long2LongHashMap(NONE);

    private final NodeFlyweight kept = new NodeFlyweight();

    // A ring by sequence number, oldest first.
    private int[] ids = new int[INITIAL_CAPACITY];
    private int[] lengths = new int[INITIAL_CAPACITY];
    private long[] versions = new long[INITIAL_CAPACITY];
    private long[] previous = new long[INITIAL_CAPACITY];
    private long[] addresses = new long[INITIAL_CAPACITY];
    private long head;
    private long tail;

    private long version;
    private long bytes;

    PastRecords(final LargePayloads payloads) {
        this.payloads = payloads;
    }

    /** Begins a view of the tree as it is; returns its version. */
    public long begin() {
        views.addLong(++version);
        return version;
    }

    /** Ends a view: what only it needed is given back. */
    public void end(final long view) {
        final int at = indexOf(view);
        if (at >= 0) {
            views.removeAt(at);
            prune();
        }
    }

    /** Whether records must be kept at all. */
    boolean hasViews() {
        return !views.isEmpty();
    }

    /** Memory in use by what is kept, in bytes; values of changed nodes included. */
    public long bytes() {
        return bytes;
    }

    /** Keeps the record of the node in view, which is about to change or go, if a view needs it. */
    void beforeChange(final int id, final NodeFlyweight node) {
        final long last = newest.get(id);
        if (last != NONE && versions[slot(last)] > views.getLong(views.size() - 1)) {
            return;
        }
        if (tail - head == ids.length) {
            grow();
        }
        final boolean isOutside = node.has(NodeFlyweight.OUTSIDE);
        final int payloadLength = node.nameLength() + node.valueLength();
        final int length = NodeFlyweight.HEADER_LENGTH + (isOutside ? 0 : payloadLength);
        final long address = UnsafeApi.allocateMemory(length);
        UnsafeApi.copyMemory(node.address(), address, length);
        if (isOutside) {
            payloads.retain(node.payloadSlot());
        }
        final int slot = slot(tail);
        ids[slot] = id;
        lengths[slot] = length;
        versions[slot] = version + 1;
        previous[slot] = last;
        addresses[slot] = address;
        newest.put(id, tail++);
        bytes += heldBytes(length, isOutside, payloadLength);
    }

    /**
     * Points a view at a node's record as it was when a view began.
     *
     * @return false: it is as it was then, if it was there.
     */
    boolean find(final int id, final long view, final NodeFlyweight node) {
        long found = NONE;
        long at = newest.get(id);
        while (at >= head && versions[slot(at)] > view) {
            found = at;
            at = previous[slot(at)];
        }
        if (found == NONE) {
            return false;
        }
        final int slot = slot(found);
        node.wrap(addresses[slot], lengths[slot], payloads);
        return true;
    }

    @Override
    public void close() {
        views.clear();
        prune();
    }

    private void prune() {
        final long oldest = views.isEmpty() ? Long.MAX_VALUE : views.getLong(0);
        while (head < tail && versions[slot(head)] <= oldest) {
            release(head++);
        }
    }

    private void release(final long sequence) {
        final int slot = slot(sequence);
        kept.wrap(addresses[slot], lengths[slot], payloads);
        final boolean isOutside = kept.has(NodeFlyweight.OUTSIDE);
        bytes -= heldBytes(lengths[slot], isOutside, kept.nameLength() + kept.valueLength());
        if (isOutside) {
            payloads.free(kept.payloadSlot());
        }
        UnsafeApi.freeMemory(addresses[slot]);
        if (newest.get(ids[slot]) == sequence) {
            newest.remove(ids[slot]);
        }
    }

    /** A value beside the map counts as held, since its node may let go of it. */
    private static long heldBytes(
            final int length, final boolean isOutside, final int payloadLength) {
        return isOutside ? (long) length + payloadLength : length;
    }

    private void grow() {
        final int capacity = ids.length * 2;
        final int[] newIds = new int[capacity];
        final int[] newLengths = new int[capacity];
        final long[] newVersions = new long[capacity];
        final long[] newPrevious = new long[capacity];
        final long[] newAddresses = new long[capacity];
        for (long sequence = head; sequence < tail; sequence++) {
            final int from = slot(sequence);
            final int to = (int) sequence & capacity - 1;
            newIds[to] = ids[from];
            newLengths[to] = lengths[from];
            newVersions[to] = versions[from];
            newPrevious[to] = previous[from];
            newAddresses[to] = addresses[from];
        }
        ids = newIds;
        lengths = newLengths;
        versions = newVersions;
        previous = newPrevious;
        addresses = newAddresses;
    }

    private int indexOf(final long view) {
        int low = 0;
        int high = views.size() - 1;
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (views.getLong(middle) < view) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low <= high && views.getLong(low) == view ? low : -1;
    }

    private int slot(final long sequence) {
        return (int) sequence & ids.length - 1;
    }
}
