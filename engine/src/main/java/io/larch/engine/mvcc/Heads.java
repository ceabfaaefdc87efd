package io.larch.engine.mvcc;

import org.agrona.concurrent.UnsafeBuffer;

/** Binary search in a column of {@link KeyBytes#head heads}. */
final class Heads {
    private Heads() {}

    /** The first position, from a given one on, whose head is not less. */
    static int lowerBound(
            final UnsafeBuffer buffer,
            final int offset,
            final int from,
            final int count,
            final long head) {
        int low = from;
        int length = count - from;
        while (length > 0) {
            final int half = length >>> 1;
            final boolean isLess = buffer.getLong(offset + (low + half) * Long.BYTES) < head;
            low = isLess ? low + half + 1 : low;
            length = isLess ? length - half - 1 : half;
        }
        return low;
    }

    /** The first position, from a given one on, whose head is greater. */
    static int upperBound(
            final UnsafeBuffer buffer,
            final int offset,
            final int from,
            final int count,
            final long head) {
        return head == Long.MAX_VALUE ? count : lowerBound(buffer, offset, from, count, head + 1);
    }
}
