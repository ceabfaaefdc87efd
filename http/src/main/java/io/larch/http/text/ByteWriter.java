package io.larch.http.text;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * A reused, growing array of bytes to print into. Not threadsafe: one event loop's.
 *
 * <p>What a rare large reply made it grow to is given back by {@link #clear()}.
 */
public final class ByteWriter {
    private static final int INITIAL_CAPACITY = 4 * 1024;
    private static final int RETAINED_CAPACITY = 1024 * 1024;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST_LONG = 20;

    private byte[] bytes = new byte[INITIAL_CAPACITY];
    private int length;

    public void clear() {
        length = 0;
        if (bytes.length > RETAINED_CAPACITY) {
            bytes = new byte[INITIAL_CAPACITY];
        }
    }

    public int length() {
        return length;
    }

    /** The bytes so far are the first {@link #length()}; valid until the next put. */
    public byte[] bytes() {
        return bytes;
    }

    void length(final int length) {
        this.length = length;
    }

    /** Makes room for so many bytes more. */
    void ensure(final int more) {
        if (bytes.length - length < more) {
            grow(more);
        }
    }

    private void grow(final int more) {
        final long needed = (long) length + more;
        if (needed > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException("reply too large: " + needed + " bytes");
        }
        bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, needed * 2));
    }

    public ByteWriter put(final byte b) {
        ensure(1);
        bytes[length++] = b;
        return this;
    }

    public ByteWriter put(final char ascii) {
        return put((byte) ascii);
    }

    public ByteWriter put(final byte[] source) {
        return put(source, 0, source.length);
    }

    public ByteWriter put(final byte[] source, final int from, final int count) {
        ensure(count);
        System.arraycopy(source, from, bytes, length, count);
        length += count;
        return this;
    }

    public ByteWriter put(final DirectBuffer source, final int offset, final int count) {
        ensure(count);
        source.getBytes(offset, bytes, length, count);
        length += count;
        return this;
    }

    /** Appends text as UTF-8. */
    public ByteWriter put(final String text) {
        return put(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Appends an unsigned number in decimal. */
    public ByteWriter putUnsigned(final long value) {
        if (value < 0) {
            return put(Long.toUnsignedString(value));
        }
        ensure(LONGEST_LONG);
        final int digits = digits(value);
        int at = length + digits;
        length = at;
        long rest = value;
        do {
            final long next = rest / 10;
            bytes[--at] = (byte) ('0' + (rest - next * 10));
            rest = next;
        } while (rest != 0);
        return this;
    }

    public ByteWriter putSigned(final long value) {
        if (value >= 0) {
            return putUnsigned(value);
        }
        return put('-').putUnsigned(-value);
    }

    /** Appends a number in decimal with leading zeros. */
    public ByteWriter putPadded(final long value, final int width) {
        for (int i = digits(value); i < width; i++) {
            put('0');
        }
        return putUnsigned(value);
    }

    /** Appends an unsigned number in lower-case hex without leading zeros. */
    public ByteWriter putHex(final long value) {
        int shift = Math.max(0, (63 - Long.numberOfLeadingZeros(value)) & ~3);
        for (; shift >= 0; shift -= 4) {
            put(HEX[(int) (value >>> shift) & 0xF]);
        }
        return this;
    }

    /** Appends all bytes so far to a buffer. */
    public void copyTo(final ByteBuf target) {
        target.writeBytes(bytes, 0, length);
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    static byte hex(final int digit) {
        return HEX[digit & 0xF];
    }

    private static int digits(final long value) {
        int digits = 1;
        for (long bound = 10; digits < 19 && value >= bound; bound *= 10) {
            digits++;
        }
        return digits;
    }
}
