package io.larch.tools.v3.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Members are killed, as by a power cut, and stand still, while clients put and watch over v3. Of
 * etcd instead: {@code -Dlarch.v3.faults=etcd}.
 */
@Order(Integer.MAX_VALUE - 4)
@Tag("slow")
@Tag("fused-only")
class FaultV3Test {
    private static final int LIMIT_MS = 20_000;
    private static final String ANY_KEY = "{\"key\":\"YQ==\"}";
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    @RegisterExtension
    final LarchCluster cluster =
            "etcd".equals(System.getProperty("larch.v3.faults"))
                    ? new LarchCluster().ofEtcd()
                    : new LarchCluster();

    private List<ClusterMember> others(final ClusterMember member) {
        return cluster.members().stream().filter(other -> other != member).toList();
    }

    @Test
    void shouldLoseAndRepeatNothingWhenLeadersAreKilled() throws Exception {
        cluster.start(3);
        try (Load load = new Load(cluster)) {
            for (int round = 0; round < 2; round++) {
                final ClusterMember leader = cluster.awaitLeader();
                leader.kill();
                load.await(others(leader));
                leader.start();
            }
            load.finish();
        }
    }

    @Test
    void shouldLoseAndRepeatNothingWhenALeaderAndAFollowerStandStill() throws Exception {
        cluster.start(3);
        try (Load load = new Load(cluster)) {
            final ClusterMember leader = cluster.awaitLeader();
            leader.pause();
            load.await(others(leader));
            wakeAskedWhatIsThere(leader);
            load.await(cluster.members());
            final ClusterMember follower = cluster.followers().get(0);
            follower.pause();
            load.await(others(follower));
            follower.resume();
            load.finish();
        }
    }

    /** etcd issue 20418: a leader that slept must not answer from what it has. */
    private void wakeAskedWhatIsThere(final ClusterMember leader) throws IOException {
        final HttpReply now = range(others(leader).get(0));
        assertEquals(200, now.status(), now::text);
        try (HttpConnection asleep = new HttpConnection(leader.url(), LIMIT_MS)) {
            asleep.sendRequest("POST", "/v3/kv/range", ANY_KEY, JSON);
            leader.resume();
            final HttpReply reply = asleep.readReply(false);
            assertTrue(
                    reply.status() != 200 || revision(reply) >= revision(now),
                    () -> reply + " is older than " + now);
        }
    }

    private static HttpReply range(final ClusterMember member) throws IOException {
        return HttpConnection.exchange(member.url(), "POST", "/v3/kv/range", ANY_KEY, JSON);
    }

    private static long revision(final HttpReply reply) {
        return Long.parseLong(
                (String) JsonTree.at(JsonTree.parse(reply.text()), "header", "revision"));
    }

    /** etcd issue 14370: there it lost what it had acknowledged. */
    @Test
    void shouldLoseAndRepeatNothingWhenTheOnlyMemberIsKilled() throws Exception {
        cluster.start(1);
        try (Load load = new Load(cluster)) {
            for (int round = 0; round < 3; round++) {
                cluster.member(1).kill();
                cluster.startAll();
                load.await(cluster.members());
            }
            load.finish();
        }
    }

    /** etcd issue 13766: there members differed after it. */
    @Test
    void shouldLoseAndRepeatNothingWhenAllAreKilledAtOnce() throws Exception {
        cluster.start(3);
        try (Load load = new Load(cluster)) {
            cluster.members().forEach(ClusterMember::kill);
            cluster.startAll();
            load.await(cluster.members());
            load.finish();
        }
    }
}
