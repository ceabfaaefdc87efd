package io.larch.engine.mvcc;

import io.larch.engine.memory.Slab;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Finds keys by their hash, in one probe mostly: 8 bytes a key, in pages that part in two when they
 * are full and join when they are nearly empty, so that no single step is long (extendible hashing,
 * Fagin and others 1979).
 *
 * <pre>
 *   0       4       8             64
 *   +-------+-------+-------------+------------------------------------------
 *   | count | depth | incomplete  | entry: hash 32, id of a version 32; 0 is empty ...
 *   +-------+-------+-------------+------------------------------------------
 * </pre>
 *
 * The first bits of a hash choose the page, as many as its depth, and the last ones where in it the
 * search begins. Keys of one hash too many for a page are not put in, and the page knows: it only
 * answers {@link #UNKNOWN} then, and the ordered index has to be asked.
 */
final class KeyTable implements AutoCloseable {
    /** Whether there is such a key is not known here. */
    static final int UNKNOWN = -1;

    private static final int ENTRIES = 512;
    private static final int MASK = ENTRIES - 1;
    private static final int MOST_ENTRIES = ENTRIES * 7 / 8;
    private static final int RESERVED_ENTRIES = ENTRIES * 3 / 4;
    private static final int FEW_ENTRIES = ENTRIES / 4;
    private static final int MAX_DEPTH = 20;

    private static final int COUNT_OFFSET = 0;
    private static final int DEPTH_OFFSET = 4;
    private static final int INCOMPLETE_OFFSET = 8;
    private static final int ENTRIES_OFFSET = 64;
    private static final int PAGE_LENGTH = ENTRIES_OFFSET + ENTRIES * Long.BYTES;
    private static final int PAGES_PER_CHUNK = 64;

    private final VersionKeys keys;
    private final Slab pages = new Slab(PAGE_LENGTH, PAGES_PER_CHUNK, COUNT_OFFSET, null);
    private final UnsafeBuffer candidate = new UnsafeBuffer(0, 0);
    private final long[] moving = new long[ENTRIES];

    /** The page of each beginning of a hash that is as long as the deepest page's. */
    private int[] directory = new int[1];

    private int directoryDepth;

    KeyTable(final VersionKeys keys) {
        this.keys = keys;
        directory[0] = addPage(0);
    }

    static int hash(final DirectBuffer key) {
        final int length = key.capacity();
        long hash = length;
        int at = 0;
        while (at + Long.BYTES <= length) {
            hash = mix(hash, key.getLong(at));
            at += Long.BYTES;
        }
        long rest = 0;
        while (at < length) {
            rest = rest << Byte.SIZE | key.getByte(at++) & 0xff;
        }
        hash = mix(hash, rest);
        return (int) ((hash ^ hash >>> 29) * 0x9e3779b97f4a7c15L >>> 32);
    }

    private static long mix(final long hash, final long word) {
        final long mixed = (hash ^ word) * 0xff51afd7ed558ccdL;
        return mixed ^ mixed >>> 32;
    }

    /**
     * Looks for a key.
     *
     * @return the id it was put in with, 0 if there is no such key, or {@link #UNKNOWN}.
     */
    int find(final UnsafeBuffer key, final int hash) {
        final int page = page(hash);
        final UnsafeBuffer buffer = pages.buffer(page);
        final int offset = pages.offset(page) + ENTRIES_OFFSET;
        int position = hash & MASK;
        long entry = buffer.getLong(offset + position * Long.BYTES);
        while (entry != 0) {
            if ((int) (entry >>> 32) == hash && isKey((int) entry, key)) {
                return (int) entry;
            }
            position = position + 1 & MASK;
            entry = buffer.getLong(offset + position * Long.BYTES);
        }
        return get(page, INCOMPLETE_OFFSET) == 0 ? 0 : UNKNOWN;
    }

    private boolean isKey(final int id, final UnsafeBuffer key) {
        keys.wrap(id, candidate);
        return candidate.capacity() == key.capacity()
                && KeyBytes.commonPrefix(candidate, key) == key.capacity();
    }

    /**
     * Makes the pages for so many keys beforehand.
     *
     * <p>To be called while there has never been a key.
     */
    void reserve(final long keyCount) {
        while (keyCount >>> directoryDepth > RESERVED_ENTRIES && directoryDepth < MAX_DEPTH) {
            doubleDirectory();
        }
        set(directory[0], DEPTH_OFFSET, directoryDepth);
        for (int i = 1; i < directory.length; i++) {
            directory[i] = addPage(directoryDepth);
        }
    }

    /** Puts a key in that is not there. */
    void insert(final int hash, final int id) {
        while (get(page(hash), COUNT_OFFSET) >= MOST_ENTRIES) {
            if (get(page(hash), DEPTH_OFFSET) == MAX_DEPTH) {
                set(page(hash), INCOMPLETE_OFFSET, 1);
                return;
            }
            split(page(hash), hash);
        }
        add(page(hash), (long) hash << 32 | id);
    }

    /** Takes a key out, if it is there. */
    void remove(final int hash, final int id) {
        final int page = page(hash);
        final long entry = (long) hash << 32 | id;
        int position = hash & MASK;
        while (entry(page, position) != entry) {
            if (entry(page, position) == 0) {
                return;
            }
            position = position + 1 & MASK;
        }
        closeGap(page, position);
        set(page, COUNT_OFFSET, get(page, COUNT_OFFSET) - 1);
        join(hash);
    }

    /** Moves entries up that are found only because there was one before them. */
    private void closeGap(final int page, final int position) {
        int gap = position;
        int next = position + 1 & MASK;
        long entry = entry(page, next);
        while (entry != 0) {
            final int home = (int) (entry >>> 32) & MASK;
            if ((next - home & MASK) >= (next - gap & MASK)) {
                entry(page, gap, entry);
                gap = next;
            }
            next = next + 1 & MASK;
            entry = entry(page, next);
        }
        entry(page, gap, 0);
    }

    private int page(final int hash) {
        return directory[slot(hash)];
    }

    private int slot(final int hash) {
        // Shifts are modulo 32.
        return hash >>> 1 >>> 31 - directoryDepth;
    }

    private int addPage(final int depth) {
        final int page = pages.allocate();
        pages.buffer(page).setMemory(pages.offset(page), PAGE_LENGTH, (byte) 0);
        set(page, DEPTH_OFFSET, depth);
        return page;
    }

    private void add(final int page, final long entry) {
        int position = (int) (entry >>> 32) & MASK;
        while (entry(page, position) != 0) {
            position = position + 1 & MASK;
        }
        entry(page, position, entry);
        set(page, COUNT_OFFSET, get(page, COUNT_OFFSET) + 1);
    }

    private void split(final int page, final int hash) {
        final int depth = get(page, DEPTH_OFFSET);
        if (depth == directoryDepth) {
            doubleDirectory();
        }
        final int count = takeEntries(page, 0);
        final int sibling = addPage(depth + 1);
        set(page, DEPTH_OFFSET, depth + 1);
        point(hash | Integer.MIN_VALUE >>> depth, sibling);
        for (int i = 0; i < count; i++) {
            add(page((int) (moving[i] >>> 32)), moving[i]);
        }
    }

    /** Lets the directory lead to a page for all hashes that begin as one does. */
    private void point(final int hash, final int page) {
        final int length = 1 << directoryDepth - get(page, DEPTH_OFFSET);
        final int first = slot(hash) & -length;
        Arrays.fill(directory, first, first + length, page);
    }

    private void doubleDirectory() {
        final int[] doubled = new int[directory.length * 2];
        for (int i = 0; i < doubled.length; i++) {
            doubled[i] = directory[i >>> 1];
        }
        directory = doubled;
        directoryDepth++;
    }

    /** Empties a page into {@link #moving}, behind what is there. */
    private int takeEntries(final int page, final int from) {
        int count = from;
        for (int i = 0; i < ENTRIES; i++) {
            if (entry(page, i) != 0) {
                moving[count++] = entry(page, i);
                entry(page, i, 0);
            }
        }
        set(page, COUNT_OFFSET, 0);
        return count;
    }

    /** Joins a page with the one that it was parted from, when there is little in both. */
    private void join(final int hash) {
        final int page = page(hash);
        final int depth = get(page, DEPTH_OFFSET);
        if (depth == 0) {
            return;
        }
        final int sibling = page(hash ^ Integer.MIN_VALUE >>> depth - 1);
        final boolean isWorthwhile =
                get(sibling, DEPTH_OFFSET) == depth
                        && get(page, COUNT_OFFSET) + get(sibling, COUNT_OFFSET) <= FEW_ENTRIES
                        && get(page, INCOMPLETE_OFFSET) + get(sibling, INCOMPLETE_OFFSET) == 0;
        if (isWorthwhile) {
            final int count = takeEntries(sibling, 0);
            pages.free(sibling);
            set(page, DEPTH_OFFSET, depth - 1);
            point(hash, page);
            for (int i = 0; i < count; i++) {
                add(page, moving[i]);
            }
        }
    }

    private int get(final int page, final int field) {
        return pages.buffer(page).getInt(pages.offset(page) + field);
    }

    private void set(final int page, final int field, final int value) {
        pages.buffer(page).putInt(pages.offset(page) + field, value);
    }

    private long entry(final int page, final int position) {
        return pages.buffer(page)
                .getLong(pages.offset(page) + ENTRIES_OFFSET + position * Long.BYTES);
    }

    private void entry(final int page, final int position, final long entry) {
        pages.buffer(page)
                .putLong(pages.offset(page) + ENTRIES_OFFSET + position * Long.BYTES, entry);
    }

    long allocatedBytes() {
        return pages.allocatedBytes();
    }

    /** How many pages there are. */
    long pageCount() {
        return pages.slots();
    }

    @Override
    public void close() {
        pages.close();
    }
}
