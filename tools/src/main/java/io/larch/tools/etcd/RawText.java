package io.larch.tools.etcd;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * Names and values as etcd has them: any bytes. In a raw text each char is one of these bytes, so
 * that what is not UTF-8 stays what it is, and takes no more memory.
 */
public final class RawText {
    private RawText() {}

    static String of(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The bytes of a text in UTF-8. */
    public static String of(final String text) {
        return isAscii(text)
                ? text
                : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** What they say in UTF-8. A byte that says nothing becomes U+FFFD, as in etcd's answers. */
    public static String text(final String raw) {
        return isAscii(raw)
                ? raw
                : new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** Whether {@link #text} loses nothing. */
    public static boolean isText(final String raw) {
        if (isAscii(raw)) {
            return true;
        }
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(raw.getBytes(StandardCharsets.ISO_8859_1)));
            return true;
        } catch (final CharacterCodingException e) {
            return false;
        }
    }

    private static boolean isAscii(final String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7f) {
                return false;
            }
        }
        return true;
    }
}
