package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.larch.tools.conformance.MemoryMember;
import io.larch.tools.tls.TestAuthority;
import io.larch.tools.tls.TlsContexts;
import io.larch.tools.tls.TlsEngine;
import io.larch.tools.tls.TlsSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server with a certificate of an authority of its own, which wants one of the same to be shown.
 */
class LarchctlTlsTest {
    @TempDir private Path directory;

    private TestAuthority authority;
    private HttpsServer server;
    private String url;

    @BeforeEach
    void start() throws Exception {
        authority = TestAuthority.create(directory, "authority");
        final TestAuthority.Issued own = authority.server("server");
        final SSLContext tls =
                TlsContexts.load(
                                "clientTLS",
                                TlsSettings.files(own.cert(), own.key(), authority.file()),
                                TlsEngine.JDK)
                        .javaClient()
                        .get();
        server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(tls) {
                    @Override
                    public void configure(final HttpsParameters parameters) {
                        final SSLParameters all = tls.getDefaultSSLParameters();
                        all.setNeedClientAuth(true);
                        parameters.setSSLParameters(all);
                    }
                });
        server.createContext(
                "/v2/keys",
                exchange -> {
                    final byte[] body =
                            "{\"action\":\"get\",\"node\":{\"key\":\"/k\",\"value\":\"v\"}}"
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        url = "https://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void shouldCheckBothSidesOfACopyAndShowThemCertificates() throws Exception {
        final TestAuthority.Issued client = authority.client("ann");
        final String[] own = {
            "--ca-file", authority.file(), "--cert-file", client.cert(), "--key-file", client.key()
        };
        final List<String> words = new ArrayList<>(List.of(own));
        words.addAll(List.of("import", "--from", url, "--to", url));

        final Run unknown = Run.larchctl(Map.of(), "", words.toArray(String[]::new));
        for (int i = 0; i < own.length; i += 2) {
            words.add(own[i].replace("--", "--remote-"));
            words.add(own[i + 1]);
        }
        final Run known = Run.larchctl(Map.of(), "", words.toArray(String[]::new));

        assertEquals(2, unknown.status(), unknown.err());
        assertTrue(unknown.err().startsWith("Error:  the source does not answer at " + url));
        // It was asked; that it is no store is another matter.
        assertEquals(4, known.status(), known.err());
        assertTrue(known.err().contains("there is no v2 API"), known.err());
    }

    @Test
    void shouldCheckTheServerAndShowACertificate() throws Exception {
        final TestAuthority.Issued client = authority.client("ann");

        assertEquals(
                new Run(0, "v\n", ""),
                Run.larchctl(
                        Map.of("ETCDCTL_CA_FILE", authority.file()),
                        "",
                        "--endpoints",
                        url,
                        "--no-sync",
                        "--cert-file",
                        client.cert(),
                        "--key-file",
                        client.key(),
                        "get",
                        "/k"));
    }

    /** Whose Java is started without what members' is. */
    @Test
    @Tag("slow")
    @Tag("fused-only")
    void shouldDoSoAsAProgramOfItsOwn() throws Exception {
        final TestAuthority.Issued client = authority.client("ann");
        final Map<String, String> environment =
                Map.of(
                        "LARCH_AS_BUILT",
                        "yes",
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "LARCHCTL_ENDPOINTS",
                        url,
                        "LARCHCTL_CA_FILE",
                        authority.file(),
                        "LARCHCTL_CERT_FILE",
                        client.cert(),
                        "LARCHCTL_KEY_FILE",
                        client.key());

        assertEquals(
                new Run(0, "v\n", ""),
                Run.program(
                        environment, "", LarchctlProcessTest.command("--no-sync", "get", "/k")));
    }

    @Test
    void shouldTrustNobodyElse() throws Exception {
        final TestAuthority other = TestAuthority.create(directory, "other");
        for (final String file : new String[] {"", other.file()}) {
            final Run run =
                    Run.larchctl(
                            Map.of("LARCHCTL_CA_FILE", file, "LARCHCTL_ENDPOINTS", url),
                            "",
                            "--no-sync",
                            "get",
                            "/k");
            assertEquals(4, run.status());
            assertEquals("", run.out());
            assertTrue(run.err().startsWith("Error:  client: etcd cluster is "), run.err());
        }
    }

    /** The commonest slip of all with URLs, which neither side's words tell. */
    @Test
    void shouldSayThatItIsTheOtherScheme() {
        final int port = server.getAddress().getPort();
        Run run = copyFrom("http://127.0.0.1:" + port);
        assertEquals(2, run.status(), run.err());
        assertTrue(run.err().contains("https:// instead of http://?"), run.err());

        try (MemoryMember plain = MemoryMember.start()) {
            run = copyFrom("https://127.0.0.1:" + plain.url().getPort());
        }
        assertEquals(2, run.status(), run.err());
        assertTrue(run.err().contains("http:// instead of https://?"), run.err());
    }

    /** As an etcd answers where it has gRPC alone: with the settings of HTTP/2. */
    @Test
    void shouldSayThatItSpeaksNoHttp1() throws Exception {
        try (ServerSocket port = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            final Thread grpc = new Thread(() -> settings(port));
            grpc.start();
            final Run run = copyFrom("http://127.0.0.1:" + port.getLocalPort());
            assertEquals(2, run.status(), run.err());
            assertTrue(run.err().contains("an etcd that has --listen-client-http-urls"), run.err());
        }
    }

    private static void settings(final ServerSocket port) {
        while (true) {
            try (Socket client = port.accept()) {
                client.getOutputStream().write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
                client.shutdownOutput();
                client.getInputStream().readAllBytes();
            } catch (final IOException e) {
                if (port.isClosed()) {
                    return;
                }
            }
        }
    }

    private static Run copyFrom(final String url) {
        return Run.larchctl(
                Map.of(),
                "",
                "--no-sync",
                "--endpoint",
                "http://127.0.0.1:1",
                "import",
                "--patience",
                "0s",
                "--from",
                url);
    }
}
