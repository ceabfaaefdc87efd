package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.engine.sockets.FreePort;
import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The program behind discovery.etcd.io keeps its tokens in a Larch member. */
@Tag("slow")
@Tag("fused-only")
class EtcdDiscoveryTest {
    private static final String PROGRAM = "/usr/bin/discovery.etcd.io";

    @RegisterExtension final LarchCluster store = new LarchCluster();
    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    @Test
    void shouldServeTheDiscoveryServiceOfEtcd() throws IOException {
        assumeTrue(
                Files.isExecutable(Path.of(PROGRAM)) || Servers.arePeersRequired(),
                "needs etcd-discovery");
        final ClusterMember member = store.start(1).member(1);
        final URI service = URI.create("http://127.0.0.1:" + FreePort.next());
        final Command.Running program =
                Command.start(
                        Map.of(),
                        List.of(
                                PROGRAM,
                                "--etcd",
                                member.url().toString(),
                                "--host",
                                service.toString(),
                                "--addr",
                                service.getAuthority()));
        try {
            final String token = newToken(service, program);
            assertTrue(token.startsWith(service + "/"), token);
            for (int i = 0; i < 3; i++) {
                cluster.createMember("--discovery", token);
            }

            cluster.startAll();

            assertEquals(201, cluster.member(1).keys().put("/a", "value=1").status());
            assertEquals(200, cluster.member(3).keys().get("/a?quorum=true").status());
        } finally {
            program.process().destroyForcibly();
            Files.delete(program.output());
        }
    }

    private static String newToken(final URI service, final Command.Running program) {
        final String[] token = new String[1];
        LarchCluster.await(
                "a token of the discovery service",
                () -> {
                    try {
                        final HttpReply reply =
                                HttpConnection.exchange(service, "GET", "/new?size=3", null);
                        token[0] = reply.text();
                        return reply.status() == 200;
                    } catch (final IOException e) {
                        assertTrue(program.process().isAlive(), "the service has ended");
                        return false;
                    }
                });
        return token[0];
    }
}
