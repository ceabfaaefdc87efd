package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.sockets.FreePort;
import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.tls.TestAuthority;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A proxy that speaks TLS to clients and to members, where each side asks for certificates. */
@Tag("slow")
@Tag("fused-only")
@Timeout(120)
class ProxyTlsTest {
    private static final int TIMEOUT_MS = 20_000;
    private static final int SILENT_CLIENTS = 30;
    private static final int KEYS = 10;
    private static final int VALUE_BYTES = 1 << 20;
    private static final long MAX_RESIDENT_BYTES = 150L << 20;

    @RegisterExtension final LarchCluster cluster = new LarchCluster().overTls();
    @RegisterExtension final Servers servers = new Servers();
    @TempDir Path directory;

    private TestAuthority authority;
    private TestAuthority.Issued client;
    private URI url;

    @BeforeEach
    void makeCertificates() throws Exception {
        authority = TestAuthority.create(directory, "authority");
        client = authority.client("client");
        url = URI.create("https://127.0.0.1:" + FreePort.next());
    }

    /** Members that advertise no plain address; the test has one of each. */
    private void startMembers(final int count) throws IOException, GeneralSecurityException {
        cluster.create(count);
        for (final ClusterMember member : cluster.members()) {
            final TestAuthority.Issued own = authority.server(member.name());
            final String https = "https://127.0.0.1:" + FreePort.next();
            member.launch(
                    "--listen-client-urls=" + member.url() + "," + https,
                    "--advertise-client-urls=" + https,
                    "--cert-file=" + own.cert(),
                    "--key-file=" + own.key(),
                    "--trusted-ca-file=" + authority.file(),
                    "--client-cert-auth",
                    "--peer-cert-file=" + own.cert(),
                    "--peer-key-file=" + own.key(),
                    "--peer-trusted-ca-file=" + authority.file(),
                    "--peer-client-cert-auth");
        }
        for (final ClusterMember member : cluster.members()) {
            member.awaitReady();
        }
    }

    private ServerProcess proxy(final TestAuthority.Issued own, final TestAuthority.Issued shown)
            throws IOException {
        final String members =
                cluster.members().stream()
                        .map(member -> member.name() + "=" + member.peerUrl())
                        .collect(Collectors.joining(","));
        return servers.larchBesideTls(
                url.getPort(),
                "--proxy=on",
                "--initial-cluster=" + members,
                "--proxy-refresh-interval=300",
                "--proxy-failure-wait=300",
                "--cert-file=" + own.cert(),
                "--key-file=" + own.key(),
                "--trusted-ca-file=" + authority.file(),
                "--client-cert-auth",
                "--peer-cert-file=" + shown.cert(),
                "--peer-key-file=" + shown.key(),
                "--peer-trusted-ca-file=" + authority.file());
    }

    private SSLContext showing(final TestAuthority.Issued certificate) throws IOException {
        final SslContextBuilder builder =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.JDK)
                        .trustManager(new File(authority.file()));
        if (certificate != null) {
            builder.keyManager(new File(certificate.cert()), new File(certificate.key()));
        }
        return ((JdkSslContext) builder.build()).context();
    }

    private HttpReply ask(final String method, final String key, final String form)
            throws IOException {
        try (HttpConnection connection = new HttpConnection(url, TIMEOUT_MS, 0, showing(client))) {
            connection.sendRequest(
                    method,
                    "/v2/keys" + key,
                    form,
                    Map.of("Content-Type", "application/x-www-form-urlencoded"));
            return connection.readReply(false);
        }
    }

    private boolean isWritten(final String key) {
        try {
            return ask("PUT", key, "value=1").status() < 300;
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String metrics(final ServerProcess proxy) throws IOException {
        return HttpConnection.exchange(proxy.url(), "GET", "/metrics", null).text();
    }

    @Test
    void shouldServeWhoShowsACertificateFromMembersThatAskForOne() throws Exception {
        startMembers(3);
        final ServerProcess proxy = proxy(authority.server("proxy"), authority.client("p")).start();
        assertEquals(201, ask("PUT", "/a", "value=1").status());
        cluster.awaitLeader().kill();
        LarchCluster.await("a write", () -> isWritten("/b"));
        assertEquals(200, ask("GET", "/a?quorum=true", null).status());

        isRefused(null);
        isRefused(authority.issue(TestAuthority.Issue.of("x").expired()));
        final String metrics = metrics(proxy);
        assertTrue(
                metrics.contains(
                                "\nlarch_tls_handshakes_failed_total{reason=\"no_certificate\"} 1.0\n")
                        && metrics.contains(
                                "\nlarch_tls_handshakes_failed_total{reason=\"bad_certificate\"} 1.0\n"),
                metrics);
        assertTrue(new Keys(proxy.url()).metric("larch_tls_handshakes_total") >= 3, metrics);
        assertTrue(
                proxy.log().contains("error \"tls: client didn't provide a certificate\""),
                proxy::log);
    }

    private void isRefused(final TestAuthority.Issued certificate) throws IOException {
        try (HttpConnection connection =
                new HttpConnection(url, TIMEOUT_MS, 0, showing(certificate))) {
            connection.sendRequest("GET", "/v2/keys/a", null, Map.of());
            throw new AssertionError("answered: " + connection.readReply(false));
        } catch (final IOException refused) {
            // As it has to be.
        }
    }

    /** Members that do not know it do not serve it, and its clients are told so at once. */
    @Test
    void shouldSayThatNoMemberLetsItIn() throws Exception {
        startMembers(1);
        final TestAuthority stranger = TestAuthority.create(directory, "stranger");
        final ServerProcess proxy = proxy(authority.server("proxy"), stranger.client("p"));
        proxy.launch();
        LarchCluster.await(
                "an answer",
                () -> {
                    try {
                        return ask("GET", "/a", null).status() == 503;
                    } catch (final IOException e) {
                        return false;
                    }
                });
        // It shows none, since the members say whose they want.
        LarchCluster.await(
                "a reason",
                () -> cluster.member(1).log().contains("tls: client didn't provide a certificate"));
    }

    /** What they do not take stays with the members, who cut them off in the end. */
    @Test
    void shouldServeOthersWhileClientsDoNotRead() throws Exception {
        startMembers(1);
        final ServerProcess proxy = proxy(authority.server("proxy"), authority.client("p")).start();
        for (int i = 0; i < KEYS; i++) {
            final String value = "v".repeat(VALUE_BYTES);
            assertEquals(201, ask("PUT", "/list/" + i, "value=" + value).status());
        }
        final List<AutoCloseable> silent = new ArrayList<>();
        try {
            for (int i = 0; i < SILENT_CLIENTS; i++) {
                final HttpConnection connection =
                        new HttpConnection(url, TIMEOUT_MS, 4_096, showing(client));
                silent.add(connection);
                connection.sendRequest("GET", "/v2/keys/list?recursive=true", null, Map.of());
            }
            final Keys member = cluster.member(1).keys();
            member.await(
                    "answers that nobody takes",
                    () -> member.metric("larch_http_output_bytes") > 0);
            assertEquals(201, ask("PUT", "/other", "value=1").status());
            final HttpReply listing = ask("GET", "/list?recursive=true", null);
            assertTrue(
                    listing.body().length > KEYS * VALUE_BYTES, listing.body().length + " bytes");
            assertTrue(
                    proxy.residentBytes() < MAX_RESIDENT_BYTES,
                    () -> "resident: " + metricOf(proxy));
        } finally {
            CloseHelper.closeAll(silent);
        }
        final Keys member = cluster.member(1).keys();
        member.await(
                "memory of answers that nobody took",
                () -> member.metric("larch_http_output_bytes") == 0);
    }

    private static String metricOf(final ServerProcess proxy) {
        try {
            return proxy.residentBytes() + " bytes";
        } catch (final IOException e) {
            return e.toString();
        }
    }
}
