package io.larch.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of one kind of request, complete but for the digits of a key and, of some, of an index,
 * which each request writes anew.
 */
final class RequestTemplate {
    private static final int KEY_DIGITS = 8;
    private static final int INDEX_DIGITS = 12;
    private static final String KEY = "0".repeat(KEY_DIGITS);
    private static final String KEYS = "/v2/keys/bench/" + KEY;
    private static final String CAS_KEYS = "/v2/keys/bench-cas/" + KEY;

    private final byte[] bytes;

    /** -1: all requests are of one key. */
    private final int keyOffset;

    /** -1: there is none. */
    private final int indexOffset;

    /**
     * @param path with zeros where the key is to be.
     * @param query with its question mark, and zeros at its end where an index is to be.
     * @param value null: no body.
     */
    private RequestTemplate(
            final LoadContext context,
            final String method,
            final String path,
            final String query,
            final String value) {
        final StringBuilder request = new StringBuilder(method).append(' ').append(path);
        keyOffset = path.endsWith(KEY) ? request.length() - KEY_DIGITS : -1;
        request.append(query);
        indexOffset = query.endsWith("0") ? request.length() - INDEX_DIGITS : -1;
        request.append(" HTTP/1.1\r\nHost: ").append(context.url().getAuthority()).append("\r\n");
        if (value != null) {
            final String body = "value=" + value;
            request.append("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ")
                    .append(body.length())
                    .append("\r\n\r\n")
                    .append(body);
        } else {
            request.append("\r\n");
        }
        bytes = request.toString().getBytes(StandardCharsets.US_ASCII);
    }

    static RequestTemplate get(final LoadContext context) {
        return new RequestTemplate(context, "GET", KEYS, "", null);
    }

    static RequestTemplate quorumGet(final LoadContext context) {
        return new RequestTemplate(context, "GET", KEYS, "?quorum=true", null);
    }

    static RequestTemplate put(final LoadContext context) {
        return new RequestTemplate(context, "PUT", KEYS, "", value(context));
    }

    /** Of one of the children of the directory that {@link #recursiveGet} asks for. */
    static RequestTemplate putChild(final LoadContext context) {
        return new RequestTemplate(
                context, "PUT", "/v2/keys/bench-tree/" + KEY, "", value(context));
    }

    static RequestTemplate recursiveGet(final LoadContext context) {
        return new RequestTemplate(context, "GET", "/v2/keys/bench-tree", "?recursive=true", null);
    }

    /** A child, whose name the server gives, of one directory. */
    static RequestTemplate post(final LoadContext context) {
        return new RequestTemplate(context, "POST", "/v2/keys/bench-queue", "", value(context));
    }

    static RequestTemplate putToCompare(final LoadContext context) {
        return new RequestTemplate(context, "PUT", CAS_KEYS, "", value(context));
    }

    static RequestTemplate compareAndSwap(final LoadContext context) {
        final String query = "?prevIndex=" + "0".repeat(INDEX_DIGITS);
        return new RequestTemplate(context, "PUT", CAS_KEYS, query, value(context));
    }

    static RequestTemplate putWatched(final LoadContext context) {
        return new RequestTemplate(
                context, "PUT", "/v2/keys" + EventLines.DIRECTORY + KEY, "", value(context));
    }

    private static String value(final LoadContext context) {
        return "v".repeat(context.valueSize());
    }

    ByteBuffer newBuffer() {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes);
    }

    /** Make the buffer the request for a key, ready to be written. */
    void prepare(final ByteBuffer buffer, final int key) {
        if (keyOffset >= 0) {
            digits(buffer, keyOffset, KEY_DIGITS, key);
        }
        buffer.clear();
    }

    /** As above, with the index that the key is compared with. */
    void prepare(final ByteBuffer buffer, final int key, final long index) {
        digits(buffer, indexOffset, INDEX_DIGITS, index);
        prepare(buffer, key);
    }

    private static void digits(
            final ByteBuffer buffer, final int offset, final int count, final long number) {
        long rest = number;
        for (int i = offset + count - 1; i >= offset; i--) {
            buffer.put(i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
    }
}
