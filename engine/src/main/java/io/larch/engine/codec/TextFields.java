package io.larch.engine.codec;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Texts and lists of texts, one behind the other, for commands that are rare. Little endian.
 *
 * <pre>
 *   text:  | length, 4 bytes | UTF-8 |
 *   list:  | count, 4 bytes; -1: no list | text | text | ...
 * </pre>
 *
 * <p>A cursor over a buffer that stays its owner's. Not threadsafe.
 */
public final class TextFields {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int NO_LIST = -1;

    private final DirectBuffer buffer;
    private final int end;
    private int at;

    /** Reads from the offset up to the end, which is not part of it. */
    public TextFields(final DirectBuffer buffer, final int offset, final int end) {
        this.buffer = buffer;
        this.at = offset;
        this.end = end;
    }

    /** Writes a text, and returns where the next field goes. */
    public static int put(final MutableDirectBuffer target, final int offset, final String text) {
        return offset + target.putStringUtf8(offset, text, ORDER);
    }

    /**
     * Writes a list, and returns where the next field goes.
     *
     * @param list may be null, which is not the same as empty.
     */
    public static int put(
            final MutableDirectBuffer target, final int offset, final List<String> list) {
        target.putInt(offset, list == null ? NO_LIST : list.size(), ORDER);
        int at = offset + Integer.BYTES;
        if (list != null) {
            for (final String text : list) {
                at = put(target, at, text);
            }
        }
        return at;
    }

    /** Where the next field begins. */
    public int offset() {
        return at;
    }

    /** Whether nothing is left. */
    public boolean isAtEnd() {
        return at == end;
    }

    /** The next text. Its field must be whole: see {@link #skipText}. */
    public String text() {
        final String text = buffer.getStringUtf8(at, ORDER);
        at += Integer.BYTES + buffer.getInt(at, ORDER);
        return text;
    }

    /** The next list, immutable; null when there is none. It must be whole: {@link #skipList}. */
    public List<String> list() {
        final int count = buffer.getInt(at, ORDER);
        at += Integer.BYTES;
        if (count == NO_LIST) {
            return null;
        }
        final List<String> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(text());
        }
        return Collections.unmodifiableList(list);
    }

    /** Goes past a text; false if the bytes hold no whole one. */
    public boolean skipText() {
        if (end - at < Integer.BYTES) {
            return false;
        }
        final int length = buffer.getInt(at, ORDER);
        if (length < 0 || length > end - at - Integer.BYTES) {
            return false;
        }
        at += Integer.BYTES + length;
        return true;
    }

    /** Goes past a list; false if the bytes hold no whole one. */
    public boolean skipList() {
        if (end - at < Integer.BYTES) {
            return false;
        }
        final int count = buffer.getInt(at, ORDER);
        at += Integer.BYTES;
        if (count < NO_LIST) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (!skipText()) {
                return false;
            }
        }
        return true;
    }
}
