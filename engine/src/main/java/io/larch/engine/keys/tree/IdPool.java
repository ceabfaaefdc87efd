package io.larch.engine.keys.tree;

import java.util.Arrays;

/**
 * Ids in use, from 1. Always gives out the lowest free one, so that members with the same nodes
 * choose the same ids, whether they applied the log or took a snapshot. A tree of bitmaps: a bit of
 * a level is set when all 64 bits below it are.
 */
public final class IdPool {
    private static final int LEVELS = 6;

    private final long[][] levels = new long[LEVELS][1];
    private int highest;

    /** The lowest free id, now in use. */
    int allocate() {
        long position = 0;
        for (int level = LEVELS - 1; level >= 0; level--) {
            final long word = word(level, position);
            position = (position << 6) + Long.numberOfTrailingZeros(~word);
        }
        final int id = (int) position + 1;
        use(id);
        return id;
    }

    /** Marks an id that a snapshot brought. */
    void use(final int id) {
        int position = id - 1;
        highest = Math.max(highest, id);
        for (int level = 0; level < LEVELS; level++) {
            final int index = position >>> 6;
            if (index >= levels[level].length) {
                levels[level] =
                        Arrays.copyOf(levels[level], Math.max(index + 1, levels[level].length * 2));
            }
            levels[level][index] |= 1L << position;
            if (levels[level][index] != -1L) {
                return;
            }
            position = index;
        }
    }

    void free(final int id) {
        int position = id - 1;
        for (int level = 0; level < LEVELS; level++) {
            final int index = position >>> 6;
            if (index >= levels[level].length) {
                return;
            }
            final boolean wasFull = levels[level][index] == -1L;
            levels[level][index] &= ~(1L << position);
            if (!wasFull) {
                return;
            }
            position = index;
        }
    }

    boolean isUsed(final int id) {
        return (word(0, (id - 1) >>> 6) >>> (id - 1) & 1) != 0;
    }

    /**
     * @return the first id in use from the given one on, 0 if there is none.
     */
    public int nextUsed(final int from) {
        int position = from - 1;
        final long[] bits = levels[0];
        int index = position >>> 6;
        if (index >= bits.length) {
            return 0;
        }
        long word = bits[index] & -1L << position;
        while (word == 0) {
            if (++index >= bits.length) {
                return 0;
            }
            word = bits[index];
        }
        position = (index << 6) + Long.numberOfTrailingZeros(word);
        return position + 1;
    }

    /** The highest id ever in use. */
    public int highest() {
        return highest;
    }

    private long word(final int level, final long index) {
        return index < levels[level].length ? levels[level][(int) index] : 0L;
    }
}
