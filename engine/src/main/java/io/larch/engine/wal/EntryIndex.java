package io.larch.engine.wal;

import java.util.Arrays;

/**
 * Term and stream position of the entries of the log, by index: no object per entry, four bytes.
 * Also knows index and term of the entry in front of the first. Not threadsafe.
 *
 * <p>Positions lie in a ring of blocks, each with the position of its first entry; the others are
 * told by how far behind that they are. Blocks whose entries went are used again in their turn.
 */
final class EntryIndex {
    private static final int BLOCK_SHIFT = 8;
    private static final int BLOCK_LENGTH = 1 << BLOCK_SHIFT;
    private static final int UNIT_SHIFT =
            Integer.numberOfTrailingZeros(WalRecordFlyweight.ALIGNMENT);

    private final EntryTerms terms = new EntryTerms();
    private int[][] blocks = new int[4][];
    private long[] blockPositions = new long[4];
    private long baseIndex;
    private long baseTerm;
    private long lastIndex;

    /** Empties the log: the next entry follows this one. */
    void reset(final long baseIndex, final long baseTerm) {
        this.baseIndex = baseIndex;
        this.baseTerm = baseTerm;
        this.lastIndex = baseIndex;
        terms.clear();
    }

    long baseIndex() {
        return baseIndex;
    }

    long baseTerm() {
        return baseTerm;
    }

    long lastIndex() {
        return lastIndex;
    }

    boolean isEmpty() {
        return lastIndex == baseIndex;
    }

    /** -1 outside of the log. */
    long term(final long index) {
        if (index > baseIndex && index <= lastIndex) {
            return terms.get(index);
        }
        return index == baseIndex ? baseTerm : -1;
    }

    /** Position of the record of an entry that is in the log. */
    long position(final long index) {
        final int slot = slot(index);
        final long units = blocks[slot][offset(index)] & 0xFFFF_FFFFL;
        return blockPositions[slot] + (units << UNIT_SHIFT);
    }

    /**
     * Adds an entry whose record is behind those of the others.
     *
     * @throws IllegalStateException when it is over 32 GiB behind one less than 256 entries before.
     */
    void add(final long term, final long position) {
        final long index = lastIndex + 1;
        if (block(index) - block(baseIndex + 1) == blocks.length) {
            grow();
        }
        final int slot = slot(index);
        if (blocks[slot] == null) {
            blocks[slot] = new int[BLOCK_LENGTH];
        }
        if (offset(index) == 0 || isEmpty()) {
            blockPositions[slot] = position;
        }
        final long units = position - blockPositions[slot] >> UNIT_SHIFT;
        if (units >>> Integer.SIZE != 0) {
            throw new IllegalStateException("entry " + index + " is too far behind: " + position);
        }
        blocks[slot][offset(index)] = (int) units;
        terms.add(index, term);
        lastIndex = index;
    }

    /**
     * Removes the entries from an index on. Below the base this moves the base, whose term must be
     * given.
     */
    void truncateFrom(final long index, final long termBefore) {
        if (index <= baseIndex) {
            reset(index - 1, termBefore);
        } else {
            terms.truncateFrom(index);
            lastIndex = index - 1;
        }
    }

    /** Forgets the entries up to and with an index of the log. */
    void compact(final long throughIndex) {
        baseTerm = term(throughIndex);
        if (throughIndex > baseIndex) {
            terms.compact(throughIndex);
        }
        baseIndex = throughIndex;
    }

    private static long block(final long index) {
        return index >>> BLOCK_SHIFT;
    }

    private static int offset(final long index) {
        return (int) index & BLOCK_LENGTH - 1;
    }

    private int slot(final long index) {
        return (int) block(index) & blocks.length - 1;
    }

    private void grow() {
        final int[][] oldBlocks = blocks;
        final long[] oldPositions = blockPositions;
        blocks = Arrays.copyOf(oldBlocks, oldBlocks.length * 2);
        Arrays.fill(blocks, null);
        blockPositions = new long[blocks.length];
        final long first = block(baseIndex + 1);
        for (long block = first; block < first + oldBlocks.length; block++) {
            final int from = (int) block & oldBlocks.length - 1;
            final int to = (int) block & blocks.length - 1;
            blocks[to] = oldBlocks[from];
            blockPositions[to] = oldPositions[from];
        }
    }
}
