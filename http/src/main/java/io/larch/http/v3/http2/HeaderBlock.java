package io.larch.http.v3.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Headers that are always the same, compressed once for all connections: as literals, which neither
 * need nor change a connection's table (RFC 7541 6.2.2).
 *
 * <p>Never changes.
 */
public final class HeaderBlock {
    /** ":status: 200" in the table that never changes (RFC 7541, appendix A). */
    private static final int STATUS_200 = 0x88;

    /** A literal whose name is one, too. */
    private static final int LITERAL = 0;

    private static final AsciiString STATUS = Http2Headers.PseudoHeaderName.STATUS.value();

    /** What a literal's length takes in one byte. */
    private static final int MAX_TEXT_LENGTH = 126;

    private final Http2Headers headers;
    private final byte[] bytes;

    private HeaderBlock(final Http2Headers headers, final byte[] bytes) {
        this.headers = headers;
        this.bytes = bytes;
    }

    /**
     * Compresses headers.
     *
     * @param headers not to be changed any more.
     */
    public static HeaderBlock of(final Http2Headers headers) {
        final ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (final Map.Entry<CharSequence, CharSequence> header : headers) {
            if (STATUS.contentEquals(header.getKey()) && "200".contentEquals(header.getValue())) {
                block.write(STATUS_200);
            } else {
                block.write(LITERAL);
                write(block, header.getKey());
                write(block, header.getValue());
            }
        }
        return new HeaderBlock(headers, block.toByteArray());
    }

    private static void write(final ByteArrayOutputStream block, final CharSequence text) {
        if (text.length() > MAX_TEXT_LENGTH) {
            throw new IllegalArgumentException("too long: " + text);
        }
        block.write(text.length());
        block.writeBytes(text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    /** The same, not compressed. */
    Http2Headers headers() {
        return headers;
    }

    int length() {
        return bytes.length;
    }

    void writeTo(final ByteBuf target) {
        target.writeBytes(bytes);
    }
}
