package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpReply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What those who watch over a cluster are told in the moment when it loses its majority. */
@Tag("slow")
class HealthTest {
    private static final Path ETCDCTL = Path.of("/usr/bin/etcdctl");

    /** Far above the second in which the answer is due, for busy machines. */
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(4);

    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCallNothingHealthyFromTheMomentTheMajorityIsKilled(final boolean isLeader)
            throws Exception {
        cluster.start(3);
        final ClusterMember leader = cluster.awaitLeader();
        final ClusterMember survivor = isLeader ? leader : cluster.followers().get(0);
        assertEquals(200, survivor.exchange("GET", "/health", null).status());
        assertEquals(200, survivor.exchange("GET", "/readyz", null).status());

        cluster.members().stream().filter(m -> m != survivor).forEach(ClusterMember::kill);

        checkEtcdctl(survivor);
        final long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        while (System.nanoTime() - endNanos < 0) {
            final HttpReply health = ask(survivor, "/health");
            assertEquals(503, health.status());
            assertEquals("{\"health\": \"false\"}\n", health.text());
            assertEquals(503, ask(survivor, "/readyz").status());
        }
    }

    private static HttpReply ask(final ClusterMember member, final String page) throws Exception {
        final long startNanos = System.nanoTime();
        final HttpReply reply = member.exchange("GET", page, null);
        assertTrue(System.nanoTime() - startNanos < LIMIT_NS, () -> page + " took long");
        return reply;
    }

    private static void checkEtcdctl(final ClusterMember survivor) throws Exception {
        if (!Files.isExecutable(ETCDCTL)) {
            assertFalse(Servers.arePeersRequired(), "needs etcd's client");
            return;
        }
        final Command.Result judged =
                Command.run(
                        Map.of("ETCDCTL_API", "2"),
                        List.of(
                                ETCDCTL.toString(),
                                "--endpoints",
                                survivor.url().toString(),
                                "cluster-health"));

        assertEquals(5, judged.status(), judged::output);
        assertTrue(
                judged.output()
                        .contains(
                                "member "
                                        + survivor.id()
                                        + " is unhealthy: got unhealthy result from "
                                        + survivor.url()),
                judged::output);
    }
}
