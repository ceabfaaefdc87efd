package io.larch.engine.wal;

/**
 * Term and stream position of the entries of the log, by index: no object per entry, four bytes.
 * Also knows index and term of the entry in front of the first. Not threadsafe.
 *
 * <p>Positions lie in a ring, which grows when it is full: for each 256 entries that of the first,
 * and for each how far it is behind that.
 */
final class EntryIndex {
    private static final int BLOCK_SHIFT = 8;
    private static final int BLOCK_LENGTH = 1 << BLOCK_SHIFT;
    private static final int INITIAL_CAPACITY = 4 * BLOCK_LENGTH;
    private static final int UNIT_SHIFT =
            Integer.numberOfTrailingZeros(WalRecordFlyweight.ALIGNMENT);

    private final EntryTerms terms = new EntryTerms();
    private int[] distances = new int[INITIAL_CAPACITY];
    private long[] blockPositions = new long[INITIAL_CAPACITY / BLOCK_LENGTH];
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
        final long units = distances[slot(index)] & 0xFFFF_FFFFL;
        return blockPositions[block(index)] + (units << UNIT_SHIFT);
    }

    /**
     * Adds an entry whose record is behind those of the others.
     *
     * @throws IllegalStateException when it is over 32 GiB behind one less than 256 entries before.
     */
    void add(final long term, final long position) {
        final long index = lastIndex + 1;
        // The last entry does not come into the block that the first is in, however late in it.
        if (index - baseIndex > distances.length - BLOCK_LENGTH) {
            grow();
        }
        final int block = block(index);
        if ((index & BLOCK_LENGTH - 1) == 0 || isEmpty()) {
            blockPositions[block] = position;
        }
        final long units = position - blockPositions[block] >> UNIT_SHIFT;
        if (units >>> Integer.SIZE != 0) {
            throw new IllegalStateException("entry " + index + " is too far behind: " + position);
        }
        distances[slot(index)] = (int) units;
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

    private int slot(final long index) {
        return (int) index & distances.length - 1;
    }

    private int block(final long index) {
        return slot(index) >>> BLOCK_SHIFT;
    }

    private void grow() {
        final int[] oldDistances = distances;
        final long[] oldPositions = blockPositions;
        distances = new int[oldDistances.length * 2];
        blockPositions = new long[oldPositions.length * 2];
        final int oldMask = oldDistances.length - 1;
        for (long index = baseIndex + 1; index <= lastIndex; index++) {
            final int from = (int) index & oldMask;
            distances[slot(index)] = oldDistances[from];
            blockPositions[block(index)] = oldPositions[from >>> BLOCK_SHIFT];
        }
    }
}
