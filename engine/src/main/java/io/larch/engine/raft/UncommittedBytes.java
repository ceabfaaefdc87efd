package io.larch.engine.raft;

/**
 * Bytes of a leader's own entries that wait for their quorum. Keeps the running sum of lengths at
 * each index from the first entry of the term to the last.
 */
final class UncommittedBytes {
    private final LongRing sums = new LongRing();
    private long firstIndex = 1;
    private long committedSum;
    private long lastSum;

    /** A new leader: what it inherited weighs nothing. */
    void reset(final long nextIndex) {
        firstIndex = nextIndex;
        sums.clear();
        committedSum = 0;
        lastSum = 0;
    }

    long bytes() {
        return lastSum - committedSum;
    }

    /** The next entry was appended. */
    void appended(final int length) {
        lastSum += length;
        sums.add(lastSum);
    }

    /** All up to an index are committed. */
    void committed(final long index) {
        while (!sums.isEmpty() && firstIndex <= index) {
            committedSum = sums.removeFirst();
            firstIndex++;
        }
    }
}
