package io.larch.engine.kv;

import org.agrona.DirectBuffer;

/** The order of byte strings, taken as unsigned; what is a beginning of another comes first. */
final class ByteOrderings {
    private ByteOrderings() {}

    static int compare(
            final DirectBuffer left,
            final int leftOffset,
            final int leftLength,
            final DirectBuffer right,
            final int rightOffset,
            final int rightLength) {
        final int common = Math.min(leftLength, rightLength);
        for (int i = 0; i < common; i++) {
            final int order =
                    Byte.compareUnsigned(
                            left.getByte(leftOffset + i), right.getByte(rightOffset + i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(leftLength, rightLength);
    }
}
