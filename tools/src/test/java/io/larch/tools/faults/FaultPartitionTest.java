package io.larch.tools.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The network loses what some members send to others, by UDP and by TCP, while clients work. */
@Order(2)
@Tag("slow")
class FaultPartitionTest {
    private static final String[] FLAGS = {"--event-history", "50000"};

    /** Ended last: the members' processes hold its namespaces. */
    @RegisterExtension
    @Order(1)
    final PartitionedNetwork network = new PartitionedNetwork();

    @RegisterExtension
    @Order(2)
    final LarchCluster cluster = new LarchCluster();

    private FaultRun start(final String scenario, final int size) throws IOException {
        network.create(size);
        cluster.on(network::host, network::launcher).start(size, FLAGS);
        return new FaultRun(scenario, cluster);
    }

    private int number(final ClusterMember member) {
        return cluster.members().indexOf(member) + 1;
    }

    private List<ClusterMember> others(final ClusterMember member) {
        return cluster.members().stream().filter(other -> other != member).toList();
    }

    private void healAndAwaitLoad(final FaultRun run) throws IOException {
        network.heal();
        run.awaitLoad();
    }

    @Test
    void shouldElectAnotherLeaderWhenTheLeaderIsCutOff() throws Exception {
        try (FaultRun run = start("leader cut off", 3)) {
            while (run.nextRound(2)) {
                run.awaitLoad();
                final ClusterMember leader = cluster.awaitLeader();
                for (final ClusterMember other : others(leader)) {
                    network.cut(number(leader), number(other));
                }

                final Refusal.Asked asked = Refusal.begin(leader);
                cluster.awaitLeader(member -> member != leader);
                run.awaitLoad(others(leader));
                asked.assertTimedOut();
                assertEquals(200, leader.exchange("GET", "/v2/keys/load", null).status());
                healAndAwaitLoad(run);
            }
            run.finish();
        }
    }

    @Test
    void shouldGoOnWhenAFollowerIsCutOff() throws Exception {
        try (FaultRun run = start("follower cut off", 3)) {
            while (run.nextRound(2)) {
                run.awaitLoad();
                final ClusterMember follower = cluster.followers().get(run.round() % 2);
                for (final ClusterMember other : others(follower)) {
                    network.cut(number(follower), number(other));
                }

                final Refusal.Asked asked = Refusal.begin(follower);
                run.awaitLoad(others(follower));
                asked.assertTimedOut();
                assertEquals(200, follower.exchange("GET", "/v2/keys/load", null).status());
                healAndAwaitLoad(run);
            }
            run.finish();
        }
    }

    @Test
    @Tag("fused-only")
    void shouldElectAnotherLeaderWhenNobodyHearsTheLeader() throws Exception {
        try (FaultRun run = start("leader not heard", 3)) {
            while (run.nextRound(2)) {
                run.awaitLoad();
                final ClusterMember leader = cluster.awaitLeader();
                for (final ClusterMember other : others(leader)) {
                    network.cutOneWay(number(leader), number(other));
                }

                cluster.awaitLeader(member -> member != leader);
                run.awaitLoad(others(leader));
                healAndAwaitLoad(run);
            }
            run.finish();
        }
    }

    @Test
    @Tag("fused-only")
    void shouldElectAnotherLeaderWhenTheLeaderHearsNobody() throws Exception {
        try (FaultRun run = start("leader hears nobody", 3)) {
            while (run.nextRound(2)) {
                run.awaitLoad();
                final ClusterMember leader = cluster.awaitLeader();
                for (final ClusterMember other : others(leader)) {
                    network.cutOneWay(number(other), number(leader));
                }

                cluster.awaitLeader(member -> member != leader);
                run.awaitLoad(others(leader));
                healAndAwaitLoad(run);
            }
            run.finish();
        }
    }

    @Test
    @Tag("fused-only")
    void shouldGoOnWhenAFollowerIsNotHeard() throws Exception {
        try (FaultRun run = start("follower not heard", 3)) {
            while (run.nextRound(2)) {
                run.awaitLoad();
                final ClusterMember follower = cluster.followers().get(run.round() % 2);
                for (final ClusterMember other : others(follower)) {
                    network.cutOneWay(number(follower), number(other));
                }

                run.awaitLoad(others(follower));
                healAndAwaitLoad(run);
            }
            run.finish();
        }
    }

    /** The leader and one follower do not see each other; the third sees both. */
    @Test
    @Tag("fused-only")
    void shouldGoOnAcrossABridgeOfOne() throws Exception {
        try (FaultRun run = start("bridge of three", 3)) {
            while (run.nextRound(2)) {
                run.awaitLoad();
                final ClusterMember leader = cluster.awaitLeader();
                final ClusterMember follower = others(leader).get(run.round() % 2);
                network.cut(number(leader), number(follower));

                run.awaitLoad(others(follower));
                healAndAwaitLoad(run);
            }
            run.finish();
        }
    }

    /** Two halves that meet in one member only, who has a majority with either. */
    @Test
    @Tag("fused-only")
    void shouldGoOnAcrossABridgeBetweenTwoHalves() throws Exception {
        try (FaultRun run = start("bridge of five", 5)) {
            while (run.nextRound(1)) {
                run.awaitLoad();
                final ClusterMember leader = cluster.awaitLeader();
                final List<ClusterMember> others = others(leader);
                final List<ClusterMember> near = List.of(leader, others.get(0));
                final List<ClusterMember> far = others.subList(2, 4);
                for (final ClusterMember one : near) {
                    for (final ClusterMember other : far) {
                        network.cut(number(one), number(other));
                    }
                }

                run.awaitLoad(List.of(leader, others.get(0), others.get(1)));
                healAndAwaitLoad(run);
            }
            run.finish();
        }
    }

    @Test
    void shouldRecoverWhenNobodySeesAnybody() throws Exception {
        try (FaultRun run = start("all cut off", 3)) {
            while (run.nextRound(1)) {
                run.awaitLoad();
                network.cut(1, 2);
                network.cut(2, 3);
                network.cut(1, 3);

                final List<Refusal.Asked> asked =
                        cluster.members().stream().map(Refusal::begin).toList();
                asked.forEach(Refusal.Asked::assertTimedOut);
                for (final ClusterMember member : cluster.members()) {
                    assertEquals(200, member.exchange("GET", "/v2/keys/load", null).status());
                }
                healAndAwaitLoad(run);
            }
            run.finish();
        }
    }
}
