package io.larch.engine.raft;

/**
 * Bytes of a leader's own entries that wait for their quorum. Keeps the running sum of lengths at
 * each index from the first entry of the term to the last.
 */
final class UncommittedBytes {
    private long[] sums = new long[64];
    private long firstIndex = 1;
    private int head;
    private int count;
    private long committedSum;
    private long lastSum;

    /** A new leader: what it inherited weighs nothing. */
    void reset(final long nextIndex) {
        firstIndex = nextIndex;
        head = 0;
        count = 0;
        committedSum = 0;
        lastSum = 0;
    }

    long bytes() {
        return lastSum - committedSum;
    }

    /** The next entry was appended. */
    void appended(final int length) {
        if (count == sums.length) {
            grow();
        }
        lastSum += length;
        sums[(head + count) & (sums.length - 1)] = lastSum;
        count++;
    }

    /** All up to an index are committed. */
    void committed(final long index) {
        while (count > 0 && firstIndex <= index) {
            committedSum = sums[head];
            head = (head + 1) & (sums.length - 1);
            count--;
            firstIndex++;
        }
    }

    private void grow() {
        final long[] grown = new long[sums.length * 2];
        for (int i = 0; i < count; i++) {
            grown[i] = sums[(head + i) & (sums.length - 1)];
        }
        sums = grown;
        head = 0;
    }
}
