package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.engine.sockets.FreePort;
import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.system.Command.Result;
import io.larch.tools.tls.TestAuthority;
import io.larch.tools.tls.TestAuthority.Issue;
import io.larch.tools.tls.TestAuthority.Issued;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** TLS as clients see it: curl, etcdctl, openssl. */
@Tag("slow")
@Timeout(120)
class TlsTest {
    @RegisterExtension final Servers servers = new Servers();
    @TempDir Path directory;

    private final int port = FreePort.next();
    private final String url = "https://127.0.0.1:" + port;
    private TestAuthority authority;
    private Issued served;
    private ServerProcess server;

    @BeforeEach
    void needsClients() {
        for (final String client : List.of("curl", "etcdctl", "openssl")) {
            assumeTrue(
                    Files.isExecutable(Path.of("/usr/bin", client)) || Servers.arePeersRequired(),
                    "needs " + client);
        }
    }

    @BeforeEach
    void makeCertificates() throws Exception {
        authority = TestAuthority.create(directory, "authority");
        served = authority.issue(Issue.of("server").addresses("127.0.0.1").algorithm("RSA"));
    }

    private void start(final String... more) throws IOException {
        final List<String> flags =
                new ArrayList<>(List.of("--cert-file", served.cert(), "--key-file", served.key()));
        flags.addAll(Arrays.asList(more));
        server = servers.larchBesideTls(port, flags.toArray(String[]::new)).start();
    }

    @Test
    void shouldServeClientsWithCertificatesAndRejectOthers() throws Exception {
        start("--trusted-ca-file", authority.file(), "--client-cert-auth");
        final Issued client = authority.client("client");
        assertEquals(201, put(client));
        // curl: the other side ended it, while writing (55) or reading (56).
        assertTrue(List.of(55, 56).contains(curl().status()));
        awaitLog("error \"tls: client didn't provide a certificate\"");
        assertTrue(
                List.of(55, 56).contains(curl(authority.issue(Issue.of("x").expired())).status()));
        awaitLog("x509: certificate has expired or is not yet valid");
        final TestAuthority stranger = TestAuthority.create(directory, "authority");
        assertTrue(List.of(55, 56).contains(curl(stranger.client("x")).status()));
        awaitLog("x509: certificate signed by unknown authority");
        assertTrue(
                metrics()
                        .contains(
                                "larch_tls_handshakes_failed_total{reason=\"no_certificate\"} 1.0"));
        assertTrue(
                metrics()
                        .contains(
                                "larch_tls_handshakes_failed_total{reason=\"bad_certificate\"} 2.0"));

        final Result etcdctl =
                run(
                        "etcdctl",
                        "--endpoint",
                        url,
                        "--ca-file",
                        authority.file(),
                        "--cert-file",
                        client.cert(),
                        "--key-file",
                        client.key(),
                        "get",
                        "/k");
        assertEquals("v\n", etcdctl.output());
    }

    @Test
    void shouldNameAnotherHostForAnError() throws Exception {
        start();
        // Not for localhost: the client ends it (60), and both sides say why.
        final Result curl =
                run("curl", "-sS", "--cacert", authority.file(), "https://localhost:" + port);
        assertEquals(60, curl.status(), curl::output);
    }

    @Test
    void shouldAnswerPlainHttpAsEtcd2Does() throws Exception {
        start();
        final Result curl = run("curl", "-s", "-i", "http://127.0.0.1:" + port + "/version");
        assertTrue(
                curl.output().startsWith("HTTP/1.0 400 Bad Request")
                        && curl.output()
                                .endsWith("Client sent an HTTP request to an HTTPS server.\n"),
                curl::output);
        assertEquals(
                35, run("curl", "-sk", "https://127.0.0.1:" + server.url().getPort()).status());
        awaitLog("client sent a TLS handshake to an HTTP server");
    }

    @Test
    void shouldTakeNewCertificatesWithoutARestart() throws Exception {
        final Issued first = served;
        final Path cert = directory.resolve("live.pem");
        final Path key = directory.resolve("live.key");
        Files.copy(Path.of(first.cert()), cert);
        Files.copy(Path.of(first.key()), key);
        served = new Issued(cert.toString(), key.toString(), first.certificate());
        start();
        final String before = shown();
        try (HttpConnection open = new HttpConnection(URI.create(url), 20_000)) {
            open.sendRequest("GET", "/version", null, Map.of());
            open.readReply(false);
            final Issued second =
                    authority.issue(Issue.of("second").addresses("127.0.0.1").algorithm("EC"));
            replace(second.cert(), cert);
            awaitLog("goes on with what it had");
            assertEquals(before, shown());
            replace(second.key(), key);
            awaitLog("clientTLS: read anew");
            assertNotEquals(before, shown());
            assertEquals(0, curl().status());
            open.sendRequest("GET", "/version", null, Map.of());
            assertEquals(200, open.readReply(false).status());
        }
    }

    @Test
    void shouldRejectWhoIsRevokedMeanwhileAlsoOnResumedSessions() throws Exception {
        final String crl = authority.revocationList("live.crl");
        start("--trusted-ca-file", authority.file(), "--client-crl-file", crl);
        final Issued client = authority.client("client");
        assertEquals(201, put(client));
        for (final String version : List.of("-tls1_2", "-tls1_3")) {
            final String session = directory.resolve("session" + version).toString();
            assertFalse(openssl(client, version, "-sess_out", session).contains("Reused, "));
            final String resumed = openssl(client, version, "-sess_in", session);
            assertTrue(resumed.contains("Reused, "), resumed);
        }
        authority.revoke(client);
        authority.revocationList("live.crl");
        awaitLog("clientTLS: read anew");
        assertTrue(List.of(55, 56).contains(curl(client).status()));
        awaitLog("transport: certificate serial ");
        final String session = directory.resolve("session-tls1_3").toString();
        final String refused = openssl(client, "-tls1_3", "-sess_in", session);
        assertFalse(refused.contains("HTTP/1.1 200"), refused);
        assertEquals(0, curl(authority.client("other")).status());
    }

    @Test
    void shouldMakeACertificateForItselfAndKeepIt() throws Exception {
        server = servers.larchBesideTls(port, "--auto-tls").start();
        final String first = shown();
        assertTrue(first.contains("BEGIN CERTIFICATE"), first);
        server.terminate();
        server.start();
        assertEquals(first, shown());
        server.terminate();
        final Path own = server.dataDirectory().resolve("fixtures").resolve("client");
        final String key = Files.readString(own.resolve("key.pem"));
        Files.delete(own.resolve("cert.pem"));
        server.launch();
        assertEquals(1, server.exitStatus());
        assertTrue(server.log().contains("key.pem is there without"), server::log);
        assertEquals(key, Files.readString(own.resolve("key.pem")));
    }

    @Test
    void shouldNotStartWithFilesThatCannotBeUsed() throws Exception {
        final Issued other = authority.server("other");
        server =
                servers.larchBesideTls(
                        port, "--cert-file", served.cert(), "--key-file", other.key());
        server.launch();
        assertEquals(1, server.exitStatus());
        assertTrue(
                server.log().contains(other.key() + ": tls: private key does not match public key"),
                server::log);
        assertFalse(Files.exists(server.dataDirectory().resolve("member")));
    }

    /** While a thousand connect at once, one that is there is served on; the log has the delays. */
    @Test
    void shouldServeOnWhileAThousandConnect() throws Exception {
        start();
        final int count = 1_000;
        final ExecutorService clients = Executors.newFixedThreadPool(50);
        try (HttpConnection early = new HttpConnection(server.url(), 20_000)) {
            final List<Future<Integer>> replies = new ArrayList<>();
            final Callable<Integer> exchange =
                    () ->
                            HttpConnection.exchange(URI.create(url), "GET", "/version", null)
                                    .status();
            for (int i = 0; i < count; i++) {
                replies.add(clients.submit(exchange));
            }
            long longestNanos = 0;
            int served = 0;
            while (!replies.get(count - 1).isDone()) {
                final long startNanos = System.nanoTime();
                early.sendRequest("GET", "/v2/keys/", null, Map.of());
                assertEquals(200, early.readReply(false).status());
                longestNanos = Math.max(longestNanos, System.nanoTime() - startNanos);
                served++;
            }
            for (final Future<Integer> reply : replies) {
                assertEquals(200, reply.get());
            }
            System.out.printf(
                    "%d requests beside %d handshakes, the longest took %.1f ms%n",
                    served, count, longestNanos / 1e6);
        } finally {
            clients.shutdownNow();
        }
        assertTrue(metrics().contains("larch_tls_handshakes_total " + count + ".0"), this::metrics);
    }

    private static void replace(final String from, final Path to) throws IOException {
        final Path beside = to.resolveSibling("new");
        Files.copy(Path.of(from), beside);
        Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
    }

    private int put(final Issued client) throws Exception {
        final List<String> words = curlWords(client);
        words.addAll(List.of("-o", "/dev/null", "-w", "%{http_code}", "-XPUT", "-d", "value=v"));
        words.add(url + "/v2/keys/k");
        return Integer.parseInt(Command.run(Map.of(), words).output());
    }

    private Result curl(final Issued... client) throws Exception {
        final List<String> words = curlWords(client);
        words.add(url + "/version");
        return Command.run(Map.of(), words);
    }

    private List<String> curlWords(final Issued... client) {
        final List<String> words =
                new ArrayList<>(List.of("curl", "-sS", "--cacert", authority.file()));
        for (final Issued each : client) {
            words.addAll(List.of("--cert", each.cert(), "--key", each.key()));
        }
        return words;
    }

    /** What openssl says of a connection on which it asks for something. */
    private String openssl(final Issued client, final String... more) throws Exception {
        final List<String> words =
                new ArrayList<>(
                        List.of(
                                "sh",
                                "-c",
                                "(printf 'GET /version HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n';"
                                        + " sleep 1) | openssl s_client -ign_eof \"$@\"",
                                "sh",
                                "-connect",
                                "127.0.0.1:" + port,
                                "-CAfile",
                                authority.file(),
                                "-cert",
                                client.cert(),
                                "-key",
                                client.key()));
        words.addAll(Arrays.asList(more));
        return Command.run(Map.of(), words).output();
    }

    /** The certificate that a new connection is shown, as openssl prints it. */
    private String shown() throws Exception {
        final String all = run("openssl", "s_client", "-connect", "127.0.0.1:" + port).output();
        final int start = all.indexOf("-----BEGIN");
        return start < 0 ? all : all.substring(start, all.indexOf("-----END"));
    }

    private static Result run(final String... words) throws Exception {
        return Command.run(Map.of("ETCDCTL_API", "2"), List.of(words));
    }

    private String metrics() {
        try {
            return HttpConnection.exchange(server.url(), "GET", "/metrics", null).text();
        } catch (final IOException e) {
            return e.toString();
        }
    }

    private void awaitLog(final String text) {
        while (!server.log().contains(text)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }
}
