package io.larch.http.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Prints JSON as Go's encoder does: the escapes of etcd's replies, no blanks.
 *
 * <p>Not threadsafe.
 */
public final class JsonWriter {
    /** Bytes that stand for themselves: printable ASCII but for five. */
    private static final boolean[] PLAIN = new boolean[256];

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Times a byte: eight of them. */
    private static final long EACH = 0x0101010101010101L;

    private static final byte[] REPLACEMENT = Ascii.bytes("\\ufffd");
    private static final byte[] LINE_SEPARATOR = Ascii.bytes("\\u2028");
    private static final byte[] PARAGRAPH_SEPARATOR = Ascii.bytes("\\u2029");
    private static final int LONGEST_ESCAPE = 6;

    static {
        for (int b = 0x20; b < 0x80; b++) {
            PLAIN[b] = b != '"' && b != '\\' && b != '<' && b != '>' && b != '&';
        }
    }

    private final ByteWriter out;
    private final UnsafeBuffer view = new UnsafeBuffer(new byte[0]);

    public JsonWriter(final ByteWriter out) {
        this.out = out;
    }

    public ByteWriter out() {
        return out;
    }

    public JsonWriter string(final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return string(bytes, 0, bytes.length);
    }

    public JsonWriter string(final byte[] bytes, final int from, final int count) {
        view.wrap(bytes);
        return string(view, from, count);
    }

    /** Appends a string in quotes; the bytes may be any, valid UTF-8 is kept. */
    public JsonWriter string(final DirectBuffer source, final int offset, final int count) {
        out.ensure(count + 2);
        out.put((byte) '"');
        escaped(source, offset, count);
        out.put((byte) '"');
        return this;
    }

    /** Appends what stands between the quotes of a string; all of it, or a part of one. */
    public void escaped(final DirectBuffer source, final int offset, final int count) {
        final int start = out.length();
        // Most strings need no escape at all: copy first, look afterwards.
        out.put(source, offset, count);
        final int plain = plainLength(out.bytes(), start, start + count);
        if (plain < count) {
            out.length(start + plain);
            escape(source, offset + plain, offset + count);
        }
    }

    /** How many bytes stand for themselves before the first that may not. */
    private static int plainLength(final byte[] bytes, final int from, final int to) {
        int i = from;
        while (to - i >= Long.BYTES && arePlain((long) LONGS.get(bytes, i))) {
            i += Long.BYTES;
        }
        while (i < to && PLAIN[bytes[i] & 0xFF]) {
            i++;
        }
        return i - from;
    }

    /**
     * Whether eight bytes stand for themselves; of bytes that are not all ASCII it says no. Looks
     * for a zero byte (Warren, Hacker's Delight, 6-1) where those that do not were made zero.
     */
    private static boolean arePlain(final long bytes) {
        final long control = bytes - EACH * 0x20;
        final long backslash = (bytes ^ EACH * '\\') - EACH;
        // Two each differ in one bit: '"' and '&', '<' and '>'.
        final long quote = (bytes & EACH * (0xFF ^ '"' ^ '&') ^ EACH * ('"' & '&')) - EACH;
        final long angle = (bytes & EACH * (0xFF ^ '<' ^ '>') ^ EACH * ('<' & '>')) - EACH;
        return ((control | backslash | quote | angle | bytes) & EACH * 0x80) == 0;
    }

    /** Appends an array of strings. */
    public JsonWriter strings(final List<String> texts) {
        out.put('[');
        for (int i = 0; i < texts.size(); i++) {
            if (i > 0) {
                out.put(',');
            }
            string(texts.get(i));
        }
        out.put(']');
        return this;
    }

    private void escape(final DirectBuffer source, final int from, final int to) {
        int i = from;
        while (i < to) {
            final int b = source.getByte(i) & 0xFF;
            if (PLAIN[b]) {
                out.put((byte) b);
                i++;
            } else if (b < 0x80) {
                escapeAscii(b);
                i++;
            } else {
                i += utf8(source, i, to);
            }
        }
    }

    private void escapeAscii(final int b) {
        out.ensure(LONGEST_ESCAPE);
        switch (b) {
            case '"', '\\' -> out.put('\\').put((byte) b);
            case '\n' -> out.put('\\').put('n');
            case '\r' -> out.put('\\').put('r');
            case '\t' -> out.put('\\').put('t');
            default -> {
                out.put('\\').put('u').put('0').put('0');
                out.put(ByteWriter.hex(b >> 4)).put(ByteWriter.hex(b));
            }
        }
    }

    /** Appends the sequence that starts here; returns how many bytes of it were taken. */
    private int utf8(final DirectBuffer source, final int at, final int to) {
        final int length = sequenceLength(source, at, to);
        if (length == 0) {
            out.put(REPLACEMENT);
            return 1;
        }
        if (length == 3
                && source.getByte(at) == (byte) 0xE2
                && source.getByte(at + 1) == (byte) 0x80
                && (source.getByte(at + 2) & 0xFE) == 0xA8) {
            out.put(source.getByte(at + 2) == (byte) 0xA8 ? LINE_SEPARATOR : PARAGRAPH_SEPARATOR);
        } else {
            out.put(source, at, length);
        }
        return length;
    }

    /** Length of the valid UTF-8 sequence that starts here, 0 if there is none. */
    private static int sequenceLength(final DirectBuffer source, final int at, final int to) {
        final int lead = source.getByte(at) & 0xFF;
        final int length;
        int lowest = 0x80;
        int highest = 0xBF;
        if (lead >= 0xC2 && lead <= 0xDF) {
            length = 2;
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            length = 3;
            lowest = lead == 0xE0 ? 0xA0 : 0x80;
            highest = lead == 0xED ? 0x9F : 0xBF;
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            length = 4;
            lowest = lead == 0xF0 ? 0x90 : 0x80;
            highest = lead == 0xF4 ? 0x8F : 0xBF;
        } else {
            return 0;
        }
        if (to - at < length) {
            return 0;
        }
        final int second = source.getByte(at + 1) & 0xFF;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int i = 2; i < length; i++) {
            if ((source.getByte(at + i) & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
}
