package io.larch.http.v3.http2;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Headers that are always the same, compressed once for all connections: as literals, which neither
 * need nor change a connection's table (RFC 7541 6.2.2).
 *
 * <p>Never changes.
 */
public final class HeaderBlock {
    /** ":status: 200" in the table that never changes (RFC 7541, appendix A). */
    private static final int STATUS_200 = 0x88;

    /** What a literal's length takes in one byte. */
    private static final int MAX_TEXT_LENGTH = 126;

    private final byte[] bytes;

    private HeaderBlock(final byte[] bytes) {
        this.bytes = bytes;
    }

    /** A reply's first block, with the status 200. */
    public static HeaderBlock ok(final String name, final String value) {
        return of(STATUS_200, name, value);
    }

    /** A block behind a body. */
    public static HeaderBlock trailers(final String name, final String value) {
        return of(-1, name, value);
    }

    private static HeaderBlock of(final int status, final String name, final String value) {
        final ByteArrayOutputStream block = new ByteArrayOutputStream();
        if (status >= 0) {
            block.write(status);
        }
        block.write(0);
        write(block, name);
        write(block, value);
        return new HeaderBlock(block.toByteArray());
    }

    private static void write(final ByteArrayOutputStream block, final String text) {
        if (text.length() > MAX_TEXT_LENGTH) {
            throw new IllegalArgumentException("too long: " + text);
        }
        block.write(text.length());
        block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    int length() {
        return bytes.length;
    }

    void writeTo(final ByteBuf target) {
        target.writeBytes(bytes);
    }
}
