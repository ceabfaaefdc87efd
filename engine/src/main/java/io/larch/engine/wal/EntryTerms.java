package io.larch.engine.wal;

import java.util.Arrays;

/**
 * Terms of the entries of the log, which never go down: for each term that has entries, the first
 * of these. Not threadsafe.
 */
final class EntryTerms {
    private long[] firstIndexes = new long[8];
    private long[] terms = new long[8];
    private int count;

    void clear() {
        count = 0;
    }

    /** The next entry of the log. */
    void add(final long index, final long term) {
        if (count > 0 && terms[count - 1] == term) {
            return;
        }
        if (count == terms.length) {
            firstIndexes = Arrays.copyOf(firstIndexes, count * 2);
            terms = Arrays.copyOf(terms, count * 2);
        }
        firstIndexes[count] = index;
        terms[count++] = term;
    }

    /** Of an entry of the log; most that is asked for is of the last term. */
    long get(final long index) {
        return terms[runOf(index)];
    }

    /** Removes the entries from an index on. */
    void truncateFrom(final long index) {
        while (count > 0 && firstIndexes[count - 1] >= index) {
            count--;
        }
    }

    /** Forgets the terms of which no entry is behind an index of the log. */
    void compact(final long throughIndex) {
        final int first = runOf(throughIndex);
        count -= first;
        System.arraycopy(firstIndexes, first, firstIndexes, 0, count);
        System.arraycopy(terms, first, terms, 0, count);
    }

    private int runOf(final long index) {
        int run = count - 1;
        while (firstIndexes[run] > index) {
            run--;
        }
        return run;
    }
}
