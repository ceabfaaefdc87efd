package io.larch.tools.v3.faults;

import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Members are killed, as by a power cut, and stand still, while clients put and watch over v3. Of
 * etcd instead: {@code -Dlarch.v3.faults=etcd}.
 */
@Tag("slow")
@Tag("fused-only")
class FaultV3Test {
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
            leader.resume();
            load.await(cluster.members());
            final ClusterMember follower = cluster.followers().get(0);
            follower.pause();
            load.await(others(follower));
            follower.resume();
            load.finish();
        }
    }

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
