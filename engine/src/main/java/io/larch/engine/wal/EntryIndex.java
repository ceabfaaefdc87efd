package io.larch.engine.wal;

import java.util.Arrays;

/**
 * Term and stream position of the entries of the log, by index: two rings of longs, no object per
 * entry. Also knows index and term of the entry in front of the first.
 */
final class EntryIndex {
    private static final int INITIAL_CAPACITY = 1024;

    private long[] positions = new long[INITIAL_CAPACITY];
    private long[] terms = new long[INITIAL_CAPACITY];
    private long baseIndex;
    private long baseTerm;
    private long lastIndex;

    /** Empties the log: the next entry follows this one. */
    void reset(final long baseIndex, final long baseTerm) {
        this.baseIndex = baseIndex;
        this.baseTerm = baseTerm;
        this.lastIndex = baseIndex;
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
            return terms[slot(index)];
        }
        return index == baseIndex ? baseTerm : -1;
    }

    /** Position of the record of an entry that is in the log. */
    long position(final long index) {
        return positions[slot(index)];
    }

    void add(final long term, final long position) {
        if (lastIndex - baseIndex == positions.length) {
            grow();
        }
        lastIndex++;
        final int slot = slot(lastIndex);
        terms[slot] = term;
        positions[slot] = position;
    }

    /**
     * Removes the entries from an index on. Below the base this moves the base, whose term must be
     * given.
     */
    void truncateFrom(final long index, final long termBefore) {
        if (index <= baseIndex) {
            reset(index - 1, termBefore);
        } else {
            lastIndex = index - 1;
        }
    }

    /** Forgets the entries up to and with an index of the log. */
    void compact(final long throughIndex) {
        baseTerm = term(throughIndex);
        baseIndex = throughIndex;
    }

    private int slot(final long index) {
        return (int) index & positions.length - 1;
    }

    private void grow() {
        final int capacity = positions.length << 1;
        final long[] oldPositions = positions;
        final long[] oldTerms = terms;
        final int oldMask = oldPositions.length - 1;
        positions = Arrays.copyOf(oldPositions, capacity);
        terms = Arrays.copyOf(oldTerms, capacity);
        for (long index = baseIndex + 1; index <= lastIndex; index++) {
            positions[slot(index)] = oldPositions[(int) index & oldMask];
            terms[slot(index)] = oldTerms[(int) index & oldMask];
        }
    }
}
