package io.larch.engine.keys.tree;

import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Directories as {@link TreeReader} encoded them, for as long as nothing changes that they show:
 * who lists one again gets the same bytes, and a number by which an edge knows that it has printed
 * them before.
 *
 * <p>A change is told before it is made ({@link #beforeChange}), and takes with it what shows the
 * node: both listings of it and of its parent, and the recursive ones above. What is remembered
 * must not depend on the time. It is no part of the replicated state: members may remember
 * different things, and answer the same.
 *
 * <p>At most {@link #MAX_LISTINGS} in {@link #MAX_BYTES}; the one not asked for the longest goes
 * first. The bytes lie off the heap. Owned by the thread of the tree.
 */
public final class Listings implements AutoCloseable {
    static final int MAX_LISTINGS = 64;
    static final int MAX_LISTING_BYTES = 256 << 10;
    static final int MAX_BYTES = 4 << 20;

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final NodeFlyweight climbing = new NodeFlyweight();
    private final NodeRecords nodes;

    private final Listing[] listings = new Listing[MAX_LISTINGS];
    private final Int2ObjectHashMap<Listing> byKey = new Int2ObjectHashMap<>();
    private int bytes;
    private long uses;
    private long lastNumber;

    /** Of the one copied or remembered last. */
    private long number;

    /** Since something was remembered last, no listing of this node or of one above it was. */
    private int forgottenFrom;

    Listings(final NodeRecords nodes) {
        this.nodes = nodes;
        for (int i = 0; i < MAX_LISTINGS; i++) {
            listings[i] = new Listing();
        }
    }

    /** One directory's; free when it has no number. */
    private static final class Listing {
        private int key;
        private long number;
        private long usedAt;
        private long address;
        private int length;
    }

    /**
     * Copies what is remembered of a directory.
     *
     * @param maxEnd the end must not lie behind it.
     * @return the end, -1 when it is not remembered, or is too long.
     */
    public int copy(
            final int id,
            final boolean isRecursive,
            final MutableDirectBuffer target,
            final int offset,
            final int maxEnd) {
        final Listing listing = byKey.get(key(id, isRecursive));
        number = 0;
        if (listing == null || (long) offset + listing.length > maxEnd) {
            return -1;
        }
        listing.usedAt = ++uses;
        number = listing.number;
        view.wrap(listing.address, listing.length);
        target.putBytes(offset, view, 0, listing.length);
        return offset + listing.length;
    }

    /** Remembers a directory's record, with all that is listed of it, unless it is too long. */
    public void remember(
            final int id,
            final boolean isRecursive,
            final MutableDirectBuffer source,
            final int offset,
            final int length) {
        final int key = key(id, isRecursive);
        forget(byKey.get(key));
        number = 0;
        if (length > MAX_LISTING_BYTES) {
            return;
        }
        while (byKey.size() == MAX_LISTINGS || bytes + length > MAX_BYTES) {
            forget(leastUsed());
        }
        final long address;
        try {
            address = UnsafeApi.allocateMemory(length);
        } catch (final OutOfMemoryError e) {
            // It is only made again the next time.
            return;
        }
        final Listing listing = free();
        listing.key = key;
        listing.number = ++lastNumber;
        listing.usedAt = ++uses;
        listing.address = address;
        listing.length = length;
        view.wrap(listing.address, length);
        view.putBytes(0, source, offset, length);
        byKey.put(key, listing);
        bytes += length;
        number = listing.number;
        forgottenFrom = 0;
    }

    /**
     * The number of the listing copied or remembered last, from 1: never that of another one, nor
     * of an earlier one of the same directory. 0 when there was none.
     */
    public long number() {
        return number;
    }

    /** Goes on with the numbers of those whose place these take. */
    public void numberAfter(final Listings others) {
        lastNumber = Math.max(lastNumber, others.lastNumber);
    }

    /** The node in view, or its children, are about to change. Harmless when said twice. */
    void beforeChange(final int id, final NodeFlyweight node) {
        if (byKey.isEmpty() || id == forgottenFrom) {
            return;
        }
        forget(id);
        int at = node.parentId();
        forget(byKey.get(key(at, false)));
        while (at != 0 && at != forgottenFrom) {
            forget(byKey.get(key(at, true)));
            nodes.get(at, climbing);
            at = climbing.parentId();
        }
        forgottenFrom = id;
    }

    /** What has this id goes, or has gone. */
    void forget(final int id) {
        if (!byKey.isEmpty()) {
            forget(byKey.get(key(id, false)));
            forget(byKey.get(key(id, true)));
        }
    }

    int size() {
        return byKey.size();
    }

    int bytes() {
        return bytes;
    }

    private void forget(final Listing listing) {
        if (listing != null) {
            byKey.remove(listing.key);
            bytes -= listing.length;
            UnsafeApi.freeMemory(listing.address);
            listing.number = 0;
        }
    }

    private Listing free() {
        int i = 0;
        while (listings[i].number != 0) {
            i++;
        }
        return listings[i];
    }

    private Listing leastUsed() {
        Listing least = null;
        for (final Listing listing : listings) {
            if (listing.number != 0 && (least == null || listing.usedAt < least.usedAt)) {
                least = listing;
            }
        }
        return least;
    }

    private static int key(final int id, final boolean isRecursive) {
        return id << 1 | (isRecursive ? 1 : 0);
    }

    @Override
    public void close() {
        for (final Listing listing : listings) {
            forget(listing.number == 0 ? null : listing);
        }
    }
}
