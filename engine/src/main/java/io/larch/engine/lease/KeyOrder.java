package io.larch.engine.lease;

import java.util.Arrays;

/**
 * Sorts keys by their bytes, taken as unsigned. Few bytes of each, behind what all share, are put
 * in order first, and only keys that are equal in these are compared: so each key, which lies
 * anywhere in memory, is read about once, and not for each comparison.
 */
final class KeyOrder {
    /** As few are just compared. */
    private static final int FEW = 64;

    private static final int INDEX_BITS = 24;
    private static final int INDEX_MASK = (1 << INDEX_BITS) - 1;
    private static final int HEAD_BYTES = (Long.SIZE - INDEX_BITS) / Byte.SIZE;

    private KeyOrder() {}

    static void sort(final byte[][] keys) {
        if (keys.length <= FEW || keys.length > INDEX_MASK) {
            sort(keys, 0, keys.length);
            return;
        }
        final int shared = shared(keys);
        final long[] heads = new long[keys.length];
        for (int i = 0; i < keys.length; i++) {
            heads[i] = (head(keys[i], shared) << INDEX_BITS | i) ^ Long.MIN_VALUE;
        }
        Arrays.sort(heads);
        final byte[][] unsorted = keys.clone();
        int start = 0;
        for (int i = 0; i < keys.length; i++) {
            keys[i] = unsorted[(int) heads[i] & INDEX_MASK];
            if (heads[i] >>> INDEX_BITS != heads[start] >>> INDEX_BITS) {
                sort(keys, start, i);
                start = i;
            }
        }
        sort(keys, start, keys.length);
    }

    private static void sort(final byte[][] keys, final int from, final int to) {
        if (to - from > 1) {
            Arrays.sort(keys, from, to, Arrays::compareUnsigned);
        }
    }

    /** How many bytes all share at their beginning. */
    private static int shared(final byte[][] keys) {
        final byte[] first = keys[0];
        int shared = first.length;
        for (int i = 1; i < keys.length && shared > 0; i++) {
            final int length = Math.min(shared, keys[i].length);
            final int different = Arrays.mismatch(first, 0, length, keys[i], 0, length);
            shared = different < 0 ? length : different;
        }
        return shared;
    }

    /** Some bytes of a key, filled up with zeros. */
    private static long head(final byte[] key, final int from) {
        long head = 0;
        for (int i = from; i < from + HEAD_BYTES; i++) {
            head = head << Byte.SIZE | (i < key.length ? key[i] & 0xff : 0);
        }
        return head;
    }
}
