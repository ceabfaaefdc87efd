package io.larch.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of one kind of request, complete but for the digits of the key, which each request
 * writes anew.
 */
final class RequestTemplate {
    private static final int KEY_DIGITS = 8;

    private final byte[] bytes;
    private final int keyOffset;

    /**
     * A template of another operation than the measured one, such as the PUT that makes the keys
     * for a GET.
     */
    RequestTemplate(final LoadContext context, final LoadContext.Operation operation) {
        final String method = operation == LoadContext.Operation.PUT ? "PUT" : "GET";
        final String query = operation == LoadContext.Operation.QUORUM_GET ? "?quorum=true" : "";
        final String start = method + " /v2/keys/bench/";
        final StringBuilder request =
                new StringBuilder(start).append("0".repeat(KEY_DIGITS)).append(query);
        request.append(" HTTP/1.1\r\nHost: ").append(context.url().getAuthority()).append("\r\n");
        if (operation == LoadContext.Operation.PUT) {
            final String body = "value=" + "v".repeat(context.valueSize());
            request.append("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ")
                    .append(body.length())
                    .append("\r\n\r\n")
                    .append(body);
        } else {
            request.append("\r\n");
        }
        bytes = request.toString().getBytes(StandardCharsets.US_ASCII);
        keyOffset = start.length();
    }

    ByteBuffer newBuffer() {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes);
    }

    /** Make the buffer the request for a key, ready to be written. */
    void prepare(final ByteBuffer buffer, final int key) {
        int rest = key;
        for (int i = keyOffset + KEY_DIGITS - 1; i >= keyOffset; i--) {
            buffer.put(i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        buffer.clear();
    }
}
