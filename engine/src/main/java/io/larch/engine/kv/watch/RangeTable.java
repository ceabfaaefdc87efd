package io.larch.engine.kv.watch;

import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * Watched ranges that are found by the bytes that they start with: keys, or prefixes of keys. These
 * are chosen by clients, so their hashes depend on a number that no client knows.
 */
final class RangeTable {
    private static final int INITIAL_BUCKETS = 16;
    private static final int SHIFT = 29;

    private final long factor;
    private WatchedRange[] buckets = new WatchedRange[INITIAL_BUCKETS];
    private int size;

    /**
     * @param seed of the hashes; one of the same seed has the same.
     */
    RangeTable(final long seed) {
        factor = seed * 0x9E3779B97F4A7C15L | 1;
    }

    int size() {
        return size;
    }

    /** The hash of a key's beginning, from that of a shorter one; that of the empty one is 0. */
    long hash(final long shorter, final byte next) {
        final long longer = (shorter + (next & 0xff) + 1) * factor;
        return longer ^ longer >>> SHIFT;
    }

    private long hash(final byte[] bytes) {
        long hash = 0;
        for (final byte each : bytes) {
            hash = hash(hash, each);
        }
        return hash;
    }

    private static int bucket(final long hash, final int count) {
        return (int) (hash ^ hash >>> Integer.SIZE) & count - 1;
    }

    /** The range that starts with these bytes; null when there is none. */
    WatchedRange get(final byte[] start) {
        final long hash = hash(start);
        WatchedRange each = buckets[bucket(hash, buckets.length)];
        while (each != null && !(each.hash == hash && Arrays.equals(each.start, start))) {
            each = each.nextInBucket;
        }
        return each;
    }

    /**
     * The range that starts with the first bytes of a key; null when there is none.
     *
     * @param hash of these bytes.
     */
    WatchedRange get(final long hash, final DirectBuffer key, final int offset, final int length) {
        WatchedRange each = buckets[bucket(hash, buckets.length)];
        while (each != null && !(each.hash == hash && isSame(each.start, key, offset, length))) {
            each = each.nextInBucket;
        }
        return each;
    }

    private static boolean isSame(
            final byte[] start, final DirectBuffer key, final int offset, final int length) {
        if (start.length != length) {
            return false;
        }
        for (int i = length - 1; i >= 0; i--) {
            if (start[i] != key.getByte(offset + i)) {
                return false;
            }
        }
        return true;
    }

    void add(final WatchedRange range) {
        if (size == buckets.length) {
            final WatchedRange[] old = buckets;
            buckets = new WatchedRange[size * 2];
            for (final WatchedRange first : old) {
                WatchedRange each = first;
                while (each != null) {
                    final WatchedRange next = each.nextInBucket;
                    put(each);
                    each = next;
                }
            }
        }
        range.hash = hash(range.start);
        put(range);
        size++;
    }

    private void put(final WatchedRange range) {
        final int bucket = bucket(range.hash, buckets.length);
        range.nextInBucket = buckets[bucket];
        buckets[bucket] = range;
    }

    void remove(final WatchedRange range) {
        final int bucket = bucket(range.hash, buckets.length);
        if (buckets[bucket] == range) {
            buckets[bucket] = range.nextInBucket;
        } else {
            WatchedRange before = buckets[bucket];
            while (before.nextInBucket != range) {
                before = before.nextInBucket;
            }
            before.nextInBucket = range.nextInBucket;
        }
        range.nextInBucket = null;
        size--;
    }
}
