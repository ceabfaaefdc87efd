package io.larch.tools.etcd;

/**
 * CRC-32C that goes on from a value, as the checksums of a log do from record to record and from
 * file to file; that of Java can only begin. Not threadsafe.
 */
final class Crc32c {
    /** Castagnoli's polynomial, its lowest bit first. */
    private static final int POLYNOMIAL = 0x82f63b78;

    private static final int[] TABLE = table();

    private int value;

    private static int[] table() {
        final int[] table = new int[1 << Byte.SIZE];
        for (int i = 0; i < table.length; i++) {
            int bits = i;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                bits = (bits & 1) == 0 ? bits >>> 1 : bits >>> 1 ^ POLYNOMIAL;
            }
            table[i] = bits;
        }
        return table;
    }

    int value() {
        return value;
    }

    /** Goes on from this one. */
    void reset(final int newValue) {
        value = newValue;
    }

    void update(final byte[] bytes, final int offset, final int length) {
        int bits = ~value;
        for (int i = offset; i < offset + length; i++) {
            bits = TABLE[(bits ^ bytes[i]) & 0xff] ^ bits >>> Byte.SIZE;
        }
        value = ~bits;
    }
}
