package io.larch.tools.faults;

import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A few of the faults, with members that talk over TCP; {@code larch.flags} brings all of them. */
@Tag("slow")
class FaultTcpTest {
    private static final String[] FLAGS = {"--peer-transport=tcp", "--event-history", "50000"};

    /** Ended last: the members' processes hold its namespaces. */
    @RegisterExtension
    @Order(1)
    final PartitionedNetwork network = new PartitionedNetwork();

    @RegisterExtension
    @Order(2)
    final LarchCluster cluster = new LarchCluster();

    private int number(final ClusterMember member) {
        return cluster.members().indexOf(member) + 1;
    }

    @Test
    void shouldGoOnWhenLeadersAreKilledAndCutOff() throws Exception {
        network.create(3);
        cluster.on(network::host, network::launcher).start(3, FLAGS);
        try (FaultRun run = new FaultRun("leaders killed and cut off, TCP", cluster)) {
            while (run.nextRound(1)) {
                final ClusterMember killed = cluster.awaitLeader();
                run.kill(killed);
                cluster.awaitLeader(member -> member != killed);
                run.awaitLoad();
                run.start(killed);
                run.awaitLoad();

                final ClusterMember cut = cluster.awaitLeader();
                for (final ClusterMember other : cluster.members()) {
                    if (other != cut) {
                        network.cut(number(cut), number(other));
                    }
                }
                cluster.awaitLeader(member -> member != cut);
                network.heal();
                run.awaitLoad();
            }
            run.finish();
        }
    }
}
