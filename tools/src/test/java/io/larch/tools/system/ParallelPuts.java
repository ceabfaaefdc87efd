package io.larch.tools.system;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.agrona.CloseHelper;

/**
 * Fills a store quickly: as many PUTs at a time as there are connections, and no more of each
 * answer, of up to 64 KB, is looked at than whether it is a good one.
 */
final class ParallelPuts {
    private static final int CONNECTIONS = 500;
    private static final int ANSWER_LIMIT_MS = 30_000;
    private static final String CREATED = "HTTP/1.1 201 ";

    private final byte[] answer = new byte[64 * 1024];

    private ParallelPuts() {}

    /**
     * Writes the same value to so many keys, all new, and fails unless each is acknowledged.
     *
     * @param key a key by its number, from 0.
     */
    static void put(
            final URI url, final int count, final IntFunction<String> key, final String value)
            throws IOException {
        final List<Socket> connections = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                final Socket connection = new Socket(url.getHost(), url.getPort());
                connections.add(connection);
                connection.setSoTimeout(ANSWER_LIMIT_MS);
                connection.setTcpNoDelay(true);
            }
            new ParallelPuts().put(connections, count, key, value);
        } finally {
            CloseHelper.closeAll(connections);
        }
    }

    private void put(
            final List<Socket> connections,
            final int count,
            final IntFunction<String> key,
            final String value)
            throws IOException {
        for (int first = 0; first < count; first += CONNECTIONS) {
            final int together = Math.min(CONNECTIONS, count - first);
            for (int i = 0; i < together; i++) {
                final String request = request(key.apply(first + i), value);
                connections
                        .get(i)
                        .getOutputStream()
                        .write(request.getBytes(StandardCharsets.US_ASCII));
            }
            for (int i = 0; i < together; i++) {
                awaitCreated(connections.get(i).getInputStream());
            }
        }
    }

    private static String request(final String key, final String value) {
        return "PUT /v2/keys"
                + key
                + " HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: "
                + ("value=".length() + value.length())
                + "\r\n\r\nvalue="
                + value;
    }

    /** An answer ends with the only line of its body. */
    private void awaitCreated(final InputStream in) throws IOException {
        int length = 0;
        while (length < 2 || answer[length - 2] != '}' || answer[length - 1] != '\n') {
            final int read = in.read(answer, length, answer.length - length);
            if (read <= 0) {
                throw new EOFException("no whole answer: " + text(length));
            }
            length += read;
        }
        if (!text(CREATED.length()).equals(CREATED)) {
            throw new IOException("refused: " + text(length));
        }
    }

    private String text(final int length) {
        return new String(answer, 0, length, StandardCharsets.ISO_8859_1);
    }
}
