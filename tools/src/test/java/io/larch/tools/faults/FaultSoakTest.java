package io.larch.tools.faults;

import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Faults of all kinds one after the other, in an order drawn from {@code larch.faults.seed}, for
 * {@code larch.faults.seconds}; and some snapshots in between.
 */
@Tag("soak")
class FaultSoakTest {
    private static final String[] FLAGS = {"--event-history", "50000", "--snapshot-count", "2000"};
    private static final int LEAST_ROUNDS = 10;

    @RegisterExtension
    @Order(1)
    final PartitionedNetwork network = new PartitionedNetwork();

    @RegisterExtension
    @Order(2)
    final LarchCluster cluster = new LarchCluster();

    private final long seed = Long.getLong("larch.faults.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private ClusterMember any() {
        return random.nextBoolean()
                ? cluster.awaitLeader()
                : cluster.member(1 + random.nextInt(cluster.members().size()));
    }

    private List<ClusterMember> others(final ClusterMember member) {
        return cluster.members().stream().filter(other -> other != member).toList();
    }

    private int number(final ClusterMember member) {
        return cluster.members().indexOf(member) + 1;
    }

    @Test
    void shouldLoseNothingWhateverHappens() throws Exception {
        System.err.println("-Dlarch.faults.seed=" + seed);
        network.create(3);
        cluster.on(network::host, network::launcher).start(3, FLAGS);
        try (FaultRun run = new FaultRun("soak", cluster)) {
            while (run.nextRound(LEAST_ROUNDS)) {
                run.awaitLoad();
                final Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
                System.err.println("round " + run.round() + ": " + fault);
                breakAndMend(run, fault);
            }
            run.awaitLoad();
            run.finish();
        }
    }

    private enum Fault {
        KILL,
        KILL_ALL,
        PAUSE,
        CUT,
        CUT_SENDING,
        CUT_RECEIVING,
        CUT_LINK
    }

    private void breakAndMend(final FaultRun run, final Fault fault) throws IOException {
        final ClusterMember member = any();
        switch (fault) {
            case KILL -> {
                member.kill();
                run.awaitLoad();
                member.start();
            }
            case KILL_ALL -> {
                cluster.members().forEach(ClusterMember::kill);
                cluster.startAll();
            }
            case PAUSE -> {
                member.pause();
                run.awaitLoad(others(member));
                member.resume();
            }
            default -> {
                cut(member, fault);
                run.awaitLoad(reachable(member, fault));
                network.heal();
            }
        }
    }

    private void cut(final ClusterMember member, final Fault fault) throws IOException {
        if (fault == Fault.CUT_LINK) {
            network.cut(1, 2);
            return;
        }
        for (final ClusterMember other : others(member)) {
            if (fault != Fault.CUT_RECEIVING) {
                network.cutOneWay(number(member), number(other));
            }
            if (fault != Fault.CUT_SENDING) {
                network.cutOneWay(number(other), number(member));
            }
        }
    }

    /** Who can surely do something; behind a cut link that is the third one. */
    private List<ClusterMember> reachable(final ClusterMember member, final Fault fault) {
        return fault == Fault.CUT_LINK ? List.of(cluster.member(3)) : others(member);
    }
}
