package io.larch.engine.keys.tree;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * The ids of some paths that were looked up lately, in front of the map of all of them: a lookup
 * here takes a tenth of the time. Says what the map says or nothing, since it compares whole keys
 * and is told of each change.
 *
 * <p>A set has two slots of 64 bytes each; the newer key comes first, and the older one is
 * forgotten for the next. Memory is taken as sets are used, 1 MiB at most. Longer keys are not
 * kept.
 *
 * <pre>
 *   0         4         8
 *   +---------+---------+-------------------------------+
 *   | id      | length  | key, zeros up to a multiple of 8 |
 *   +---------+---------+-------------------------------+
 * </pre>
 */
final class RecentPaths {
    static final int SETS = 1 << 13;

    private static final int SLOT_BYTES = 64;
    private static final int SET_BYTES = 2 * SLOT_BYTES;
    private static final int LENGTH_OFFSET = 4;
    private static final int KEY_OFFSET = 8;
    private static final int MAX_KEY_LENGTH = SLOT_BYTES - KEY_OFFSET;
    private static final int SETS_PER_CHUNK = 128;

    private final UnsafeBuffer[] chunks = new UnsafeBuffer[SETS / SETS_PER_CHUNK];

    /** Where {@link #find} has found the key. */
    private UnsafeBuffer chunk;

    private int slot;

    /**
     * @param hash of the key, its upper bits well spread.
     * @return the id of a key, 0 when it is not known here.
     */
    int get(final PathKey key, final int hash) {
        return find(key, hash) ? chunk.getInt(slot) : 0;
    }

    /** A key leads to this id. */
    void put(final PathKey key, final int hash, final int id) {
        if (find(key, hash)) {
            chunk.putInt(slot, id);
            return;
        }
        final int length = key.length();
        if (length > MAX_KEY_LENGTH) {
            return;
        }
        final int set = set(hash);
        chunk = chunks[set / SETS_PER_CHUNK];
        if (chunk == null) {
            chunk = new UnsafeBuffer(new byte[SETS_PER_CHUNK * SET_BYTES]);
            chunks[set / SETS_PER_CHUNK] = chunk;
        }
        final int first = set % SETS_PER_CHUNK * SET_BYTES;
        chunk.putBytes(first + SLOT_BYTES, chunk, first, SLOT_BYTES);
        chunk.putInt(first, id);
        chunk.putInt(first + LENGTH_OFFSET, length);
        for (int i = 0; i < length; i += Long.BYTES) {
            chunk.putLong(first + KEY_OFFSET + i, key.word(i));
        }
    }

    /** A key leads nowhere any more. */
    void remove(final PathKey key, final int hash) {
        if (find(key, hash)) {
            chunk.putInt(slot + LENGTH_OFFSET, 0);
        }
    }

    private boolean find(final PathKey key, final int hash) {
        if (key.length() > MAX_KEY_LENGTH) {
            return false;
        }
        final int set = set(hash);
        chunk = chunks[set / SETS_PER_CHUNK];
        if (chunk == null) {
            return false;
        }
        slot = set % SETS_PER_CHUNK * SET_BYTES;
        if (isAt(slot, key)) {
            return true;
        }
        slot += SLOT_BYTES;
        return isAt(slot, key);
    }

    private boolean isAt(final int offset, final PathKey key) {
        final int length = key.length();
        if (chunk.getInt(offset + LENGTH_OFFSET) != length) {
            return false;
        }
        for (int i = 0; i < length; i += Long.BYTES) {
            if (chunk.getLong(offset + KEY_OFFSET + i) != key.word(i)) {
                return false;
            }
        }
        return true;
    }

    private static int set(final int hash) {
        return hash >>> Integer.SIZE - Integer.numberOfTrailingZeros(SETS);
    }
}
