package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.engine.sockets.FreePort;
import io.larch.tools.system.Command.Result;
import io.larch.tools.tls.TestAuthority;
import io.larch.tools.tls.TestAuthority.Issue;
import io.larch.tools.tls.TestAuthority.Issued;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 as curl speaks it, in the clear and by ALPN, on the port that speaks HTTP/1.1. */
@Tag("slow")
@Timeout(120)
class Http2Test {
    @RegisterExtension final Servers servers = new Servers();
    @TempDir Path directory;

    @BeforeEach
    void needsCurl() {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/curl")) || Servers.arePeersRequired(),
                "needs curl");
    }

    private static String curl(final String url, final String... options) throws Exception {
        final List<String> command =
                new ArrayList<>(List.of("curl", "-s", "-S", "-w", " %{http_code} %{http_version}"));
        command.addAll(List.of(options));
        command.add(url);
        final Result result = Command.run(Map.of(), command);
        return result.output().strip();
    }

    private static void assertServes(final String url, final String... options) throws Exception {
        final String put = curl(url + "/v2/keys/a", with(options, "-X", "PUT", "-d", "value=b"));
        assertTrue(put.endsWith(" 201 2"), put);
        final String get = curl(url + "/v2/keys/a", options);
        assertTrue(get.contains("\"value\":\"b\""), get);
        assertTrue(get.endsWith(" 200 2"), get);
        final String past = curl(url + "/v2/keys/a?wait=true&waitIndex=1", options);
        assertTrue(past.contains("\"action\":\"set\"") && past.endsWith(" 200 2"), past);
        for (final String page : List.of("/version", "/health", "/metrics", "/v2/members")) {
            final String answer = curl(url + page, options);
            assertTrue(answer.endsWith(" 200 2"), answer);
        }
        final String large = "x".repeat(300_000);
        final Path body = Files.createTempFile("large", "");
        Files.writeString(body, "value=" + large);
        curl(url + "/v2/keys/large", with(options, "-X", "PUT", "-d", "@" + body));
        Files.delete(body);
        final String all = curl(url + "/v2/keys/large", options);
        assertTrue(all.contains(large) && all.endsWith(" 200 2"), "a long answer");
    }

    private static String[] with(final String[] options, final String... more) {
        final List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void shouldServeInTheClear() throws Exception {
        final ServerProcess server = servers.larch().start();
        final String url = server.url().toString();

        assertServes(url, "--http2-prior-knowledge");

        assertTrue(curl(url + "/version", "--http1.1").endsWith(" 200 1.1"));
        assertTrue(server.isAlive());
    }

    @Test
    void shouldServeWhatTlsHasAgreedOn() throws Exception {
        final TestAuthority authority = TestAuthority.create(directory, "authority");
        final Issued served = authority.issue(Issue.of("server").addresses("127.0.0.1"));
        final int port = FreePort.next();
        final ServerProcess server =
                servers.larchBesideTls(
                                port, "--cert-file", served.cert(), "--key-file", served.key())
                        .start();
        final String url = "https://127.0.0.1:" + port;

        assertServes(url, "--cacert", authority.file());

        assertEquals(
                " 200 1.1",
                curl(url + "/version", "--cacert", authority.file(), "--http1.1")
                        .replaceAll(".*}", ""));
        assertTrue(server.isAlive());
    }

    @Test
    void shouldGoOnWhenAClientFloods() throws Exception {
        final ServerProcess server = servers.larch().start();
        final String url = server.url().toString();

        flood(server.url().getPort());

        assertTrue(curl(url + "/version", "--http2-prior-knowledge").endsWith(" 200 2"));
        final String metrics = curl(url + "/metrics");
        assertTrue(
                metrics.contains("\nlarch_http2_connections_refused_total 1"),
                () -> metrics.lines().filter(l -> l.contains("http2")).toList().toString());
    }

    /** Pings as fast as it goes, until the member has had enough. */
    private static void flood(final int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            final OutputStream out = socket.getOutputStream();
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            final byte[] ping = {0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8};
            for (int i = 0; i < 1_000; i++) {
                out.write(ping);
            }
            out.flush();
            while (socket.getInputStream().read() >= 0) {
                // Until the member closes.
            }
        } catch (final SocketException e) {
            // Closed while it wrote.
        }
    }
}
