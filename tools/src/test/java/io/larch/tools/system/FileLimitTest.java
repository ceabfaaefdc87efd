package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpConnection;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that take all files they can get leave the member those that it needs itself. */
@Tag("slow")
class FileLimitTest {
    private static final int LIMIT = 400;
    private static final int CLIENTS = 500;
    private static final int VALUE_BYTES = 1 << 20;
    private static final int LARGE_WRITES = 150;

    @RegisterExtension final Servers servers = new Servers();

    @Test
    void shouldKeepFilesForLogSnapshotsAndPeers() throws Exception {
        final ServerProcess server =
                servers.larchBehind(
                                List.of("prlimit", "--nofile=" + LIMIT + ":" + LIMIT),
                                "--snapshot-count",
                                "100")
                        .start();
        final List<Socket> clients = new ArrayList<>();
        try (HttpConnection ours = new HttpConnection(server.url(), 20_000)) {
            put(ours, "/first", "value=1");
            int refused = 0;
            for (int i = 0; i < CLIENTS; i++) {
                final Socket client = watch(server.url());
                if (client == null) {
                    refused++;
                } else {
                    clients.add(client);
                }
            }
            assertTrue(clients.size() <= LIMIT - 150, "watches: " + clients.size());
            assertTrue(clients.size() >= 50, "watches: " + clients.size());

            final String form = "value=" + "v".repeat(VALUE_BYTES);
            for (int i = 0; i < LARGE_WRITES; i++) {
                put(ours, "/large", form);
            }
            final String metrics = get(ours, "/metrics");
            assertEquals(refused, number(metrics, "larch_http_connections_refused_total"));
            assertEquals(clients.size() + 1, number(metrics, "larch_http_connections"));
            final List<String> command = server.command();
            final URI peers = URI.create(command.get(command.indexOf("--listen-peer-urls") + 1));
            assertEquals(200, HttpConnection.exchange(peers, "GET", "/members", null).status());
        } finally {
            CloseHelper.closeAll(clients);
        }
        final String log = server.log();
        assertEquals(2, log.split("refusing connections of clients", -1).length, log);
        assertTrue(log.contains("saved snapshot at index"), log);
        assertTrue(!log.contains("Too many open files"), log);
        assertEquals(201, new Keys(server).put("/after", "value=1").status());
    }

    /** A watch whose head has come; null when the connection was closed instead. */
    private static Socket watch(final URI url) throws IOException {
        final Socket socket = new Socket(url.getHost(), url.getPort());
        try {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(
                            "GET /v2/keys/w?wait=true HTTP/1.1\r\nHost: h\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            if (socket.getInputStream().read() >= 0) {
                return socket;
            }
        } catch (final SocketTimeoutException e) {
            throw e;
        } catch (final SocketException reset) {
            // As good as closed.
        }
        socket.close();
        return null;
    }

    private static void put(final HttpConnection connection, final String key, final String form)
            throws IOException {
        connection.sendRequest("PUT", "/v2/keys" + key, form, Map.of());
        final int status = connection.readReply(false).status();
        assertTrue(status == 200 || status == 201, "status " + status);
    }

    private static String get(final HttpConnection connection, final String path)
            throws IOException {
        connection.sendRequest("GET", path, null, Map.of());
        return connection.readReply(false).text();
    }

    private static long number(final String metrics, final String name) {
        final Matcher line = Pattern.compile("(?m)^" + name + " ([0-9.]+)$").matcher(metrics);
        assertTrue(line.find(), metrics);
        return (long) Double.parseDouble(line.group(1));
    }
}
