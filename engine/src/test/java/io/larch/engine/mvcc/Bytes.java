package io.larch.engine.mvcc;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Texts as bytes and back: a char is a byte. */
final class Bytes {
    private Bytes() {}

    static UnsafeBuffer of(final String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static String text(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static String text(final DirectBuffer buffer) {
        return text(buffer, 0, buffer.capacity());
    }
}
