package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Answers far larger than the heap, many at once, and clients that ask for them and never read: all
 * who read get all of it, and everybody else is served meanwhile. With the memory limits that
 * {@code larchd} sets itself.
 */
@Tag("slow")
class LongAnswersTest {
    private static final int MAX_VALUE = (10 << 20) - 100;

    @RegisterExtension final Servers servers = new Servers();

    @Test
    void shouldPrintAValueThatBecomesSixTimesAsLong() throws Exception {
        final ServerProcess server = servers.larch().start();
        final Keys keys = new Keys(server);
        final String value = "<".repeat(MAX_VALUE);
        final ExecutorService others = Executors.newCachedThreadPool();
        try {
            final Future<Long> longPoll =
                    others.submit(
                            () -> lengthOf(server.url(), "/v2/keys/?wait=true&recursive=true"));
            keys.awaitWatchers(1);

            assertEquals(6L * MAX_VALUE, escapes(put(server.url(), "/big", value)));
            assertEquals(2 * 6L * MAX_VALUE, escapes(put(server.url(), "/big", value)));
            assertEquals(6L * MAX_VALUE, escapes(get(server.url(), "/v2/keys/big")));
            assertTrue(longPoll.get() > 6L * MAX_VALUE);
            assertEquals(
                    12L * MAX_VALUE,
                    escapes(get(server.url(), "/v2/keys/big?wait=true&waitIndex=5")));
            // The values are told in the cause of a comparison that fails.
            assertEquals(
                    6L * MAX_VALUE,
                    escapes(
                            request(
                                    server.url(),
                                    "PUT",
                                    "/v2/keys/big?prevValue=no",
                                    "value=small")));
            assertEquals(200, keys.put("/big", "value=small").status());
        } finally {
            others.shutdownNow();
        }
    }

    @Test
    void shouldAnswerManyAtOnce() throws Exception {
        final ServerProcess server = servers.larch().start();
        final Keys keys = new Keys(server);
        keys.put("/m", "value=" + "v".repeat(1 << 20));
        keys.put("/h", "value=" + "v".repeat(100_000));
        for (int i = 0; i < 12; i++) {
            keys.put("/list/" + i, "value=" + "v".repeat(1 << 20));
        }

        readAtOnce(server.url(), "/v2/keys/m", 200, 1 << 20);
        readAtOnce(server.url(), "/v2/keys/h?quorum=true", 1_000, 100_000);
        readAtOnce(server.url(), "/v2/keys/list?recursive=true", 10, 12 << 20);
        keys.await("memory of answers that were taken", () -> outputBytes(keys) == 0);
    }

    @Test
    void shouldServeOthersWhileClientsDoNotRead() throws Exception {
        final ServerProcess server = servers.larch().start();
        final Keys keys = new Keys(server);
        for (int i = 0; i < 20; i++) {
            keys.put("/list/" + i, "value=" + "v".repeat(1 << 20));
        }
        final List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 45; i++) {
                silent.add(ask(server.url(), "/v2/keys/list?recursive=true"));
            }
            keys.await("answers that nobody reads", () -> outputBytes(keys) > 0);

            for (int i = 0; i < 20; i++) {
                assertEquals(200, keys.put("/list/" + i, "value=short").status());
            }
            assertTrue(get(server.url(), "/v2/keys/list").length() > 20 * 50);
            assertTrue(
                    server.residentBytes() < 900L << 20,
                    "resident bytes: " + server.residentBytes());

            // Whoever reads late sees the list as it was when it was asked for.
            long total = 0;
            try (InputStream late = silent.remove(0).getInputStream()) {
                total = late.transferTo(java.io.OutputStream.nullOutputStream());
            }
            assertTrue(total > 20L << 20, "bytes: " + total);
        } finally {
            for (final Socket socket : silent) {
                socket.close();
            }
        }
        keys.await("memory of answers that nobody took", () -> outputBytes(keys) == 0);
    }

    private static void readAtOnce(
            final URI url, final String target, final int clients, final int atLeast)
            throws IOException {
        final List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            sockets.add(ask(url, target));
        }
        for (final Socket socket : sockets) {
            final long length =
                    socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            socket.close();
            assertTrue(length > atLeast, target + ": " + length);
        }
    }

    private static double outputBytes(final Keys keys) throws IOException {
        return keys.metric("larch_http_output_bytes");
    }

    private static Socket ask(final URI url, final String target) throws IOException {
        return send(url, "GET", target, "");
    }

    private static Socket send(
            final URI url, final String method, final String target, final String body)
            throws IOException {
        final Socket socket = new Socket(url.getHost(), url.getPort());
        socket.setSoTimeout(60_000);
        socket.getOutputStream()
                .write(
                        (method
                                        + ' '
                                        + target
                                        + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                                        + "Content-Type: application/x-www-form-urlencoded\r\n"
                                        + "Content-Length: "
                                        + body.length()
                                        + "\r\n\r\n"
                                        + body)
                                .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String put(final URI url, final String key, final String value)
            throws IOException {
        return request(url, "PUT", "/v2/keys" + key, "value=" + value);
    }

    private static String get(final URI url, final String target) throws IOException {
        return request(url, "GET", target, "");
    }

    private static String request(
            final URI url, final String method, final String target, final String body)
            throws IOException {
        try (Socket socket = send(url, method, target, body)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static long lengthOf(final URI url, final String target) throws IOException {
        return get(url, target).length();
    }

    /** Bytes of the body that escape a {@code <}; a chunk may begin within one. */
    private static long escapes(final String reply) {
        long count = 0;
        int at = reply.indexOf("\r\n\r\n") + 4;
        final StringBuilder body = new StringBuilder(reply.length());
        while (at < reply.length()) {
            final int lineEnd = reply.indexOf("\r\n", at);
            final int length = Integer.parseInt(reply.substring(at, lineEnd), 16);
            body.append(reply, lineEnd + 2, lineEnd + 2 + length);
            at = lineEnd + 4 + length;
        }
        for (int i = body.indexOf("\\u003c"); i >= 0; i = body.indexOf("\\u003c", i + 6)) {
            count += 6;
        }
        return count;
    }
}
