package io.larch.engine.raft;

/**
 * Which sequences of one origin were taken: the highest one, and which of the {@value #LENGTH}
 * below it. What is older counts as taken.
 */
final class ForwardWindow {
    static final int LENGTH = 1 << 16;

    private final long[] taken = new long[LENGTH / Long.SIZE];
    private long incarnation;
    private long highest;

    /**
     * Takes a sequence.
     *
     * @return whether it was not taken before.
     */
    boolean take(final long fromIncarnation, final long sequence) {
        if (fromIncarnation < incarnation) {
            return false;
        }
        if (fromIncarnation > incarnation) {
            incarnation = fromIncarnation;
            highest = 0;
            java.util.Arrays.fill(taken, 0);
        }
        if (sequence > highest) {
            moveTo(sequence);
        } else if (sequence <= highest - LENGTH || isSet(sequence)) {
            return false;
        }
        taken[word(sequence)] |= 1L << sequence;
        return true;
    }

    private void moveTo(final long sequence) {
        if (sequence - highest >= LENGTH) {
            java.util.Arrays.fill(taken, 0);
        } else {
            for (long each = highest + 1; each <= sequence; each++) {
                taken[word(each)] &= ~(1L << each);
            }
        }
        highest = sequence;
    }

    private boolean isSet(final long sequence) {
        return (taken[word(sequence)] & 1L << sequence) != 0;
    }

    private static int word(final long sequence) {
        return (int) (sequence >>> 6) & LENGTH / Long.SIZE - 1;
    }
}
