package io.larch.engine.kv.watch;

import java.util.Arrays;
import org.agrona.DirectBuffer;

/** Watched ranges that are found by the bytes that they start with: keys, or prefixes of keys. */
final class RangeTable {
    private static final int INITIAL_BUCKETS = 16;
    private static final int FACTOR = 31;

    private WatchedRange[] buckets = new WatchedRange[INITIAL_BUCKETS];
    private int size;

    int size() {
        return size;
    }

    /** The hash of a key's beginning, from that of a shorter one. */
    static int hash(final int shorter, final byte next) {
        return shorter * FACTOR + next;
    }

    private static int hash(final byte[] bytes) {
        int hash = 0;
        for (final byte each : bytes) {
            hash = hash(hash, each);
        }
        return hash;
    }

    private static int bucket(final int hash, final int count) {
        final int mixed = hash * 0x9E3779B9;
        return (mixed ^ mixed >>> 16) & count - 1;
    }

    /** The range that starts with these bytes; null when there is none. */
    WatchedRange get(final byte[] start) {
        final int hash = hash(start);
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
    WatchedRange get(final int hash, final DirectBuffer key, final int offset, final int length) {
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
