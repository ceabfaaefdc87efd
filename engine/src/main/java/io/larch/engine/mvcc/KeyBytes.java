package io.larch.engine.mvcc;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/** Order of keys: byte by byte, unsigned, the shorter first. A key is all that its buffer shows. */
final class KeyBytes {
    private KeyBytes() {}

    /**
     * The 8 bytes of a key behind those skipped, as a number whose signed order is that of the
     * bytes. A key that ends before is filled up with zeros, so equal heads say nothing yet.
     */
    static long head(final DirectBuffer key, final int skip) {
        final int rest = key.capacity() - skip;
        long head = 0;
        if (rest >= Long.BYTES) {
            head = key.getLong(skip, ByteOrder.BIG_ENDIAN);
        } else {
            for (int i = 0; i < rest; i++) {
                head |= (key.getByte(skip + i) & 0xffL) << 56 - 8 * i;
            }
        }
        return head ^ Long.MIN_VALUE;
    }

    /** How many bytes at the beginning are the same. */
    static int commonPrefix(final DirectBuffer left, final DirectBuffer right) {
        final int length = Math.min(left.capacity(), right.capacity());
        int at = 0;
        while (at + Long.BYTES <= length) {
            final long difference =
                    left.getLong(at, ByteOrder.LITTLE_ENDIAN)
                            ^ right.getLong(at, ByteOrder.LITTLE_ENDIAN);
            if (difference != 0) {
                return at + (Long.numberOfTrailingZeros(difference) >>> 3);
            }
            at += Long.BYTES;
        }
        while (at < length && left.getByte(at) == right.getByte(at)) {
            at++;
        }
        return at;
    }

    /** Negative, zero or positive as the left key is less, equal or greater. */
    static int compare(final DirectBuffer left, final DirectBuffer right) {
        return order(left, right, commonPrefix(left, right));
    }

    /** The order of two keys of which is known how many bytes they share. */
    static int order(final DirectBuffer left, final DirectBuffer right, final int same) {
        if (same == left.capacity() || same == right.capacity()) {
            return left.capacity() - right.capacity();
        }
        return (left.getByte(same) & 0xff) - (right.getByte(same) & 0xff);
    }
}
