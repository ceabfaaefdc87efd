package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.engine.sockets.FreePort;
import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.tls.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs that people run on a cluster, and in front of it, where nobody is trusted: TLS on all
 * ways, certificates of clients demanded, users asked for. One member is killed meanwhile.
 */
@Tag("slow")
@Tag("fused-only")
class SecureClientsTest {
    private static final String ROOT = "r00t";
    private static final String PASSWORD = "s3cret";

    @RegisterExtension final LarchCluster cluster = new LarchCluster().overTls();
    @TempDir Path directory;
    private final List<Integer> ports = new ArrayList<>();
    private TestAuthority authority;
    private TestAuthority.Issued client;

    @BeforeEach
    void start() throws IOException, GeneralSecurityException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        final Path certificates = Files.createDirectory(directory.resolve("certificates"));
        authority = TestAuthority.create(certificates, "authority");
        client = authority.client("client");
        cluster.create(3);
        for (final ClusterMember member : cluster.members()) {
            launch(member);
        }
        for (final ClusterMember member : cluster.members()) {
            member.awaitReady();
        }
        for (final ClusterMember member : cluster.members()) {
            assertFalse(member.log().contains("data within the handshake"), member.log());
        }
        auth("users/root", "{\"user\":\"root\",\"password\":\"" + ROOT + "\"}", 201);
        auth("enable", "", 200);
        auth(
                "roles/guest",
                "{\"role\":\"guest\",\"revoke\":{\"kv\":{\"read\":[\"/*\"],\"write\":[\"/*\"]}}}",
                200);
        auth(
                "roles/story",
                "{\"role\":\"story\",\"permissions\":{\"kv\":{\"read\":[\"/service/*\"],"
                        + "\"write\":[\"/service/*\"]}}}",
                201);
        auth(
                "users/story",
                "{\"user\":\"story\",\"password\":\"" + PASSWORD + "\",\"roles\":[\"story\"]}",
                200);
    }

    /** The plain address is the test's own way in, where one asks for a user as well. */
    private void launch(final ClusterMember member) throws IOException, GeneralSecurityException {
        final TestAuthority.Issued own = authority.server(member.name());
        final int port = FreePort.next();
        ports.add(port);
        member.launch(
                "--listen-client-urls=" + member.url() + ",https://127.0.0.1:" + port,
                "--advertise-client-urls=https://127.0.0.1:" + port,
                "--cert-file=" + own.cert(),
                "--key-file=" + own.key(),
                "--trusted-ca-file=" + authority.file(),
                "--client-cert-auth",
                "--peer-cert-file=" + own.cert(),
                "--peer-key-file=" + own.key(),
                "--peer-trusted-ca-file=" + authority.file(),
                "--peer-client-cert-auth");
    }

    private void auth(final String path, final String body, final int status) throws IOException {
        final HttpReply reply =
                HttpConnection.exchange(
                        cluster.member(1).url(),
                        "PUT",
                        "/v2/auth/" + path,
                        body,
                        Map.of(
                                "Authorization",
                                basic("root", ROOT),
                                "Content-Type",
                                "application/json"));
        assertEquals(status, reply.status(), reply::text);
    }

    private static String basic(final String user, final String password) {
        final String pair = user + ":" + password;
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private static void need(final String name, final String file) {
        assumeTrue(
                Files.isExecutable(Path.of(file)) || Servers.arePeersRequired(), "needs " + name);
    }

    @Test
    void shouldServePatroni() throws Exception {
        need("patroni", "/usr/bin/patroni");
        final Path story = Path.of(getClass().getResource("/clients/patroni_story.py").toURI());
        final Path work = Files.createDirectory(directory.resolve("patroni"));
        Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertEquals(
                new Command.Result(0, "done\n"),
                Command.run(
                        Map.of(),
                        List.of(
                                "/usr/bin/python3",
                                story.toString(),
                                ports.stream()
                                        .map(port -> "127.0.0.1:" + port)
                                        .collect(Collectors.joining(",")),
                                work.toString(),
                                Long.toString(cluster.awaitLeader().pid()),
                                FreePort.list(4),
                                authority.file(),
                                client.cert(),
                                client.key(),
                                "story",
                                PASSWORD)));
    }

    /** It speaks TLS to the members, looks at their health, and leaves out the one that is lost. */
    @Test
    void shouldServeBehindHaproxy() throws Exception {
        need("haproxy", "/usr/sbin/haproxy");
        final int port = FreePort.next();
        final Path both = directory.resolve("client-both.pem");
        Files.writeString(
                both,
                Files.readString(Path.of(client.cert())) + Files.readString(Path.of(client.key())));
        final Path config = directory.resolve("haproxy.cfg");
        Files.writeString(config, config(port, both));
        final Command.Running haproxy =
                Command.start(
                        Map.of(), List.of("/usr/sbin/haproxy", "-db", "-f", config.toString()));
        try {
            final URI url = URI.create("http://127.0.0.1:" + port);
            awaitWrite(url, "/first");
            assertEquals(401, statusFromAMember(url, "/v2/keys/service/first"));
            cluster.awaitLeader().kill();
            awaitWrite(url, "/second");
            awaitRead(url, "/first");
        } finally {
            haproxy.process().destroyForcibly();
            Files.delete(haproxy.output());
        }
    }

    private String config(final int port, final Path both) {
        final StringBuilder text =
                new StringBuilder(
                        """
                        defaults
                          mode http
                          timeout connect 1s
                          timeout client 60s
                          timeout server 60s
                        frontend larch
                          bind 127.0.0.1:%d
                          default_backend members
                        backend members
                          option httpchk GET /health
                          option redispatch
                        """
                                .formatted(port));
        for (int i = 0; i < ports.size(); i++) {
            text.append(
                    "  server m%d 127.0.0.1:%d ssl verify required ca-file %s crt %s check inter 200\n"
                            .formatted(i + 1, ports.get(i), authority.file(), both));
        }
        return text.toString();
    }

    private static HttpReply ask(
            final URI url, final String method, final String key, final String form)
            throws IOException {
        return HttpConnection.exchange(
                url,
                method,
                "/v2/keys/service" + key,
                form,
                Map.of(
                        "Authorization",
                        basic("story", PASSWORD),
                        "Content-Type",
                        "application/x-www-form-urlencoded"));
    }

    /** Members that answer for their health too slowly, cold as they are, haproxy leaves out. */
    private static int statusFromAMember(final URI url, final String path) {
        final AtomicInteger status = new AtomicInteger();
        LarchCluster.await(
                "an answer of a member",
                () -> {
                    try {
                        status.set(HttpConnection.exchange(url, "GET", path, null).status());
                        return status.get() != 503;
                    } catch (final IOException e) {
                        return false;
                    }
                });
        return status.get();
    }

    /** While there is no leader members say that they are not well, and haproxy leaves them out. */
    private static void awaitRead(final URI url, final String key) {
        LarchCluster.await(
                "a read",
                () -> {
                    try {
                        return ask(url, "GET", key + "?quorum=true", null)
                                .text()
                                .contains("\"value\":\"1\"");
                    } catch (final IOException e) {
                        return false;
                    }
                });
    }

    private static void awaitWrite(final URI url, final String key) {
        LarchCluster.await(
                "a write",
                () -> {
                    try {
                        return ask(url, "PUT", key, "value=1").status() < 300;
                    } catch (final IOException e) {
                        return false;
                    }
                });
    }
}
