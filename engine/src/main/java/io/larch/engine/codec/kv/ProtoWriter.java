package io.larch.engine.codec.kv;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Writes fields of protobuf messages. What is 0, false or empty is left out by the calls named for
 * it, as proto3 does. Each call returns the end of what it wrote. Source: the encoding as
 * protobuf's documentation describes it.
 */
public final class ProtoWriter {
    private static final int TYPE_BITS = 3;
    private static final int LOW = 0x7f;
    private static final int MORE = 0x80;

    private ProtoWriter() {}

    /** A number, left out when it is 0. */
    public static int number(
            final MutableDirectBuffer target, final int offset, final int field, final long value) {
        if (value == 0) {
            return offset;
        }
        final int at = varint(target, offset, (long) field << TYPE_BITS);
        return varint(target, at, value);
    }

    /** A flag, left out when it is false. */
    public static int flag(
            final MutableDirectBuffer target,
            final int offset,
            final int field,
            final boolean value) {
        return number(target, offset, field, value ? 1 : 0);
    }

    /** Bytes, left out when there are none. */
    public static int bytes(
            final MutableDirectBuffer target,
            final int offset,
            final int field,
            final DirectBuffer source,
            final int sourceOffset,
            final int length) {
        if (length == 0) {
            return offset;
        }
        return element(target, offset, field, source, sourceOffset, length);
    }

    /** One of repeated bytes or messages, there even when it is empty. */
    public static int element(
            final MutableDirectBuffer target,
            final int offset,
            final int field,
            final DirectBuffer source,
            final int sourceOffset,
            final int length) {
        final int at = head(target, offset, field, length);
        target.putBytes(at, source, sourceOffset, length);
        return at + length;
    }

    /** A text of ASCII, left out when it is empty. */
    public static int ascii(
            final MutableDirectBuffer target,
            final int offset,
            final int field,
            final String text) {
        if (text.isEmpty()) {
            return offset;
        }
        final int at = head(target, offset, field, text.length());
        return at + target.putStringWithoutLengthAscii(at, text);
    }

    /** Tag and length of bytes or of a message, which the caller puts behind it. */
    public static int head(
            final MutableDirectBuffer target, final int offset, final int field, final int length) {
        final int at = varint(target, offset, (long) field << TYPE_BITS | ProtoReader.BYTES);
        return varint(target, at, length);
    }

    /** Bytes that {@link #number} writes. */
    public static int numberLength(final int field, final long value) {
        return value == 0 ? 0 : varintLength((long) field << TYPE_BITS) + varintLength(value);
    }

    /** Bytes that {@link #head} and what follows it take. */
    public static int elementLength(final int field, final int length) {
        return varintLength((long) field << TYPE_BITS) + varintLength(length) + length;
    }

    /** Bytes that {@link #bytes} writes. */
    public static int bytesLength(final int field, final int length) {
        return length == 0 ? 0 : elementLength(field, length);
    }

    public static int varint(final MutableDirectBuffer target, final int offset, final long value) {
        int at = offset;
        long rest = value;
        while ((rest & ~LOW) != 0) {
            target.putByte(at++, (byte) (rest & LOW | MORE));
            rest >>>= 7;
        }
        target.putByte(at++, (byte) rest);
        return at;
    }

    /** 1 to 10. */
    public static int varintLength(final long value) {
        return value == 0 ? 1 : (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7;
    }
}
