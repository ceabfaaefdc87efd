package io.larch.tools.client;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads one reply of HTTP/1.1 (RFC 9112) from a connection that carries no other. For one thread,
 * which waits.
 */
final class ReplyReader {
    private static final int MAX_HEAD_BYTES = 256 << 10;
    private static final int BUFFER_BYTES = 16 << 10;
    private static final int CONTINUE = 100;
    private static final int SWITCHING = 101;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final int HEX = 16;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int headBytes;

    ReplyReader(final InputStream in) {
        this.in = new BufferedInputStream(in, BUFFER_BYTES);
    }

    /**
     * The head, with no body; those that only say that one will come are passed over.
     *
     * @throws EOFException if there is none.
     */
    HttpReply head() throws IOException {
        while (true) {
            final int status = status(line());
            final Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (String line = line(); !line.isEmpty(); line = line()) {
                final int colon = line.indexOf(':');
                if (colon <= 0) {
                    throw new IOException("not HTTP: " + line);
                }
                fields.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                        .add(line.substring(colon + 1).strip());
            }
            if (status / CONTINUE != 1 || status == SWITCHING) {
                return new HttpReply(status, HttpHeaders.of(fields, (name, value) -> true), "");
            }
        }
    }

    private static int status(final String line) throws IOException {
        if (!line.matches("HTTP/1\\.[01] [1-9][0-9]{2}( .*)?")) {
            throw new IOException("not HTTP: " + line);
        }
        return Integer.parseInt(line.split(" ")[1]);
    }

    private String line() throws IOException {
        final StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException(
                        headBytes == 0
                                ? "the server closed the connection without an answer"
                                : "the server closed the connection within an answer");
            }
            if (++headBytes > MAX_HEAD_BYTES) {
                throw new IOException("the head of the reply is too large");
            }
            line.append((char) b);
        }
        final int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r'
                ? line.substring(0, length - 1)
                : line.toString();
    }

    /** What follows the head, to its end. */
    void body(final String method, final HttpReply head, final TimedBody body) throws IOException {
        final int status = head.status();
        if ("HEAD".equals(method) || status == NO_CONTENT || status == NOT_MODIFIED) {
            return;
        }
        final List<String> codings = head.headers().allValues("Transfer-Encoding");
        if (!codings.isEmpty()) {
            if (!"chunked".equalsIgnoreCase(String.join(",", codings))) {
                throw new IOException("unknown Transfer-Encoding: " + String.join(",", codings));
            }
            chunks(body);
            return;
        }
        final List<String> lengths =
                head.headers().allValues("Content-Length").stream().distinct().toList();
        if (lengths.isEmpty()) {
            toTheEnd(body);
        } else if (lengths.size() > 1) {
            throw new IOException("more than one Content-Length: " + lengths);
        } else {
            exactly(length(lengths.get(0), 10), body);
        }
    }

    private void chunks(final TimedBody body) throws IOException {
        while (true) {
            headBytes = 1;
            final long length = length(line().replaceFirst("[ \t]*(;.*)?$", ""), HEX);
            if (length == 0) {
                break;
            }
            exactly(length, body);
            if (!line().isEmpty()) {
                throw new IOException("a chunk of the reply is longer than it says");
            }
        }
        // Fields behind a body tell nobody anything here.
        for (String line = line(); !line.isEmpty(); line = line()) {}
    }

    private static long length(final String digits, final int radix) throws IOException {
        try {
            if (Character.digit(digits.isEmpty() ? ' ' : digits.charAt(0), radix) >= 0) {
                return Long.parseLong(digits, radix);
            }
        } catch (final NumberFormatException e) {
            // It is not a number all through.
        }
        throw new IOException("no length: " + digits);
    }

    private void exactly(final long length, final TimedBody body) throws IOException {
        for (long left = length; left > 0; ) {
            final int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (count < 0) {
                throw new EOFException("the server closed the connection within an answer");
            }
            left -= count;
            body.write(ByteBuffer.wrap(buffer, 0, count));
        }
    }

    private void toTheEnd(final TimedBody body) throws IOException {
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            body.write(ByteBuffer.wrap(buffer, 0, count));
        }
    }
}
