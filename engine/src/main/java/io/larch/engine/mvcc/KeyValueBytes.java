package io.larch.engine.mvcc;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Writes etcd's {@code mvccpb.KeyValue} in its canonical form: fields in ascending order, zeros and
 * empty bytes left out. It is what etcd stores, so that hashes are equal, and what it sends, so
 * that a reply is a copy.
 *
 * <pre>
 *   key 1 (bytes) | create_revision 2 | mod_revision 3 | version 4 | value 5 (bytes) | lease 6
 * </pre>
 *
 * A deletion has key and mod_revision alone: what a watch tells of it. Of these etcd stores the key
 * alone.
 */
final class KeyValueBytes {
    static final byte KEY = 0x0a;
    static final byte CREATE_REVISION = 0x10;
    static final byte MOD_REVISION = 0x18;
    static final byte VERSION = 0x20;
    static final byte VALUE = 0x2a;
    static final byte LEASE = 0x30;

    private static final int TAG_LENGTH = 1;
    private static final int MAX_VARINT_LENGTH = 10;
    private static final int NUMBERS = 4;

    private KeyValueBytes() {}

    /** Most bytes that a key and a value can take. */
    static long maxLength(final int keyLength, final int valueLength) {
        return fieldLength(keyLength)
                + fieldLength(valueLength)
                + (long) NUMBERS * (TAG_LENGTH + MAX_VARINT_LENGTH);
    }

    static int length(
            final int keyLength,
            final long createRevision,
            final long modRevision,
            final long version,
            final int valueLength,
            final long lease) {
        final long length =
                fieldLength(keyLength)
                        + numberLength(createRevision)
                        + numberLength(modRevision)
                        + numberLength(version)
                        + fieldLength(valueLength)
                        + numberLength(lease);
        return Math.toIntExact(length);
    }

    private static long fieldLength(final int length) {
        return length == 0 ? 0 : (long) TAG_LENGTH + varintLength(length) + length;
    }

    private static int numberLength(final long number) {
        return number == 0 ? 0 : TAG_LENGTH + varintLength(number);
    }

    static int varintLength(final long number) {
        // Seven bits a byte; one byte for zero.
        return (Long.SIZE - 1 - Long.numberOfLeadingZeros(number | 1)) / 7 + 1;
    }

    /**
     * @return the end of the field.
     */
    static int putField(
            final MutableDirectBuffer target,
            final int offset,
            final byte tag,
            final DirectBuffer bytes,
            final int bytesOffset,
            final int length) {
        if (length == 0) {
            return offset;
        }
        target.putByte(offset, tag);
        final int at = putVarint(target, offset + TAG_LENGTH, length);
        target.putBytes(at, bytes, bytesOffset, length);
        return at + length;
    }

    /**
     * @return the end of the field.
     */
    static int putNumber(
            final MutableDirectBuffer target, final int offset, final byte tag, final long number) {
        if (number == 0) {
            return offset;
        }
        target.putByte(offset, tag);
        return putVarint(target, offset + TAG_LENGTH, number);
    }

    private static int putVarint(
            final MutableDirectBuffer target, final int offset, final long number) {
        int at = offset;
        long rest = number;
        while ((rest & ~0x7fL) != 0) {
            target.putByte(at++, (byte) (rest | 0x80));
            rest >>>= 7;
        }
        target.putByte(at++, (byte) rest);
        return at;
    }

    static long varint(final DirectBuffer buffer, final int offset) {
        long number = 0;
        int at = offset;
        int shift = 0;
        byte next = buffer.getByte(at++);
        while (next < 0) {
            number |= (next & 0x7fL) << shift;
            shift += 7;
            next = buffer.getByte(at++);
        }
        return number | (long) next << shift;
    }

    /** Where a number of unknown origin ends, -1 if it does not before a bound. */
    static int varintEnd(final DirectBuffer buffer, final int offset, final int bound) {
        final int last = Math.min(bound, offset + MAX_VARINT_LENGTH);
        for (int at = offset; at < last; at++) {
            if (buffer.getByte(at) >= 0) {
                return at + 1;
            }
        }
        return -1;
    }
}
