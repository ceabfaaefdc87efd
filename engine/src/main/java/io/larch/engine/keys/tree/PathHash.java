package io.larch.engine.keys.tree;

import java.util.SplittableRandom;

/**
 * Hashes of path keys, which clients choose: each 4 bytes are multiplied by a random number of
 * their place, and the upper half of the sum is the hash. Who does not know these numbers cannot
 * choose keys of one hash: any two have the same n of its bits with a probability of
 * 2<sup>-n</sup>, whatever they are (multilinear hashing; Lemire and Kaser, Strongly Universal
 * String Hashing is Fast, 2014).
 */
final class PathHash {
    private static final long INT_BITS = 0xFFFF_FFFFL;

    private final long start;
    private final long lengthFactor;
    private final long[] factors;

    /**
     * @param secrets where the factors come from.
     */
    PathHash(final SplittableRandom secrets) {
        start = secrets.nextLong();
        lengthFactor = secrets.nextLong();
        factors = secrets.longs(PathKey.MAX_LENGTH / Integer.BYTES + 1).toArray();
    }

    /** The hash of a key; all of its bits are spread. */
    int of(final PathKey key) {
        final int length = key.length();
        long sum = start + length * lengthFactor;
        for (int i = 0; i < length; i += Long.BYTES) {
            final long word = key.word(i);
            final int place = i / Integer.BYTES;
            sum +=
                    factors[place] * (word & INT_BITS)
                            + factors[place + 1] * (word >>> Integer.SIZE);
        }
        return (int) (sum >>> Integer.SIZE);
    }
}
