package io.larch.bench.load;

import java.nio.ByteBuffer;

/**
 * Finds the end of a reply without making anything of it: the status, the Content-Length, or the
 * last chunk.
 *
 * <p>Not threadsafe; belongs to one connection.
 */
final class ReplyParser {
    private static final byte[] CONTENT_LENGTH = ascii("content-length:");
    private static final byte[] CHUNKED = ascii("transfer-encoding:");

    private int status;

    /** The status of the reply that was complete last. */
    int status() {
        return status;
    }

    /**
     * Whether the buffer, from 0 to its position, holds a whole reply.
     *
     * <p>There is one request at a time on a connection, so what arrives is never more than one
     * reply.
     */
    boolean isComplete(final ByteBuffer buffer) {
        final int limit = buffer.position();
        final int bodyOffset = bodyOffset(buffer, limit);
        if (bodyOffset < 0) {
            return false;
        }
        status = (buffer.get(9) - '0') * 100 + (buffer.get(10) - '0') * 10 + buffer.get(11) - '0';
        final int lengthOffset = find(buffer, CONTENT_LENGTH, bodyOffset);
        if (lengthOffset >= 0) {
            return limit >= bodyOffset + number(buffer, lengthOffset);
        }
        if (find(buffer, CHUNKED, bodyOffset) < 0) {
            throw new IllegalStateException("a reply of unknown length");
        }
        return limit >= bodyOffset + 5
                && buffer.get(limit - 5) == '0'
                && buffer.get(limit - 4) == '\r'
                && buffer.get(limit - 2) == '\r';
    }

    private static int bodyOffset(final ByteBuffer buffer, final int limit) {
        for (int i = 3; i < limit; i++) {
            if (buffer.get(i) == '\n' && buffer.get(i - 1) == '\r' && buffer.get(i - 2) == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    /** The offset behind a header's name, or -1. */
    private static int find(final ByteBuffer buffer, final byte[] name, final int end) {
        for (int lineStart = 1; lineStart + name.length < end; lineStart++) {
            if (buffer.get(lineStart - 1) == '\n' && matches(buffer, lineStart, name)) {
                return lineStart + name.length;
            }
        }
        return -1;
    }

    private static boolean matches(final ByteBuffer buffer, final int offset, final byte[] name) {
        for (int i = 0; i < name.length; i++) {
            final byte b = buffer.get(offset + i);
            if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != name[i]) {
                return false;
            }
        }
        return true;
    }

    private static int number(final ByteBuffer buffer, final int offset) {
        int i = offset;
        while (buffer.get(i) == ' ') {
            i++;
        }
        int number = 0;
        for (byte b = buffer.get(i); b >= '0' && b <= '9'; b = buffer.get(++i)) {
            number = number * 10 + b - '0';
        }
        return number;
    }

    private static byte[] ascii(final String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }
}
