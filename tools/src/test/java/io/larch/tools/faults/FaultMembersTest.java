package io.larch.tools.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import io.larch.tools.system.PeerCarrier;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Members come and go while clients work. */
@Order(Integer.MAX_VALUE - 2)
@Tag("slow")
class FaultMembersTest {
    private static final String[] FLAGS = {"--event-history", "50000"};

    @RegisterExtension
    final LarchCluster cluster = new LarchCluster().over(PeerCarrier.TLS.whenSplit());

    @Test
    @Tag("fused-only")
    void shouldTakeInAWipedMemberAsANewOne() throws Exception {
        cluster.start(3, FLAGS);
        try (FaultRun run = new FaultRun("wiped member added anew", cluster)) {
            while (run.nextRound(2)) {
                run.awaitLoad();
                final ClusterMember wiped = cluster.followers().get(0);
                run.replaceWiped(wiped, FLAGS);
                run.awaitLoad();
            }
            run.finish();
        }
    }

    @Test
    void shouldGoOnWhenAMemberIsAddedAndTheLeaderRemoved() throws Exception {
        cluster.start(3, FLAGS);
        try (FaultRun run = new FaultRun("leader removed", cluster)) {
            while (run.nextRound(2)) {
                run.awaitLoad();
                add(run);
                run.awaitLoad();

                remove(run, cluster.awaitLeader());
                run.awaitLoad();
            }
            run.finish();
        }
    }

    /**
     * Two members come while one is away, and then only those two are there when it is back: it has
     * never heard of them, and the cluster needs it.
     */
    @Test
    @Tag("fused-only")
    void shouldTakeBackAMemberThatKnowsNobodyWhoIsLeft() throws Exception {
        cluster.start(3, FLAGS);
        try (FaultRun run = new FaultRun("back among strangers", cluster)) {
            while (run.nextRound(1)) {
                run.awaitLoad();
                final ClusterMember away = cluster.followers().get(0);
                run.kill(away);
                final List<ClusterMember> known = cluster.running();
                for (int i = 0; i < 2; i++) {
                    awaitVoter(add(run));
                }
                run.awaitLoad();

                known.forEach(run::kill);
                run.start(away);
                run.awaitLoad();

                for (final ClusterMember member : known) {
                    run.start(member);
                }
                run.awaitLoad();
                for (final ClusterMember member : known) {
                    remove(run, member);
                }
                run.awaitLoad();
            }
            run.finish();
        }
    }

    private ClusterMember add(final FaultRun run) throws Exception {
        final ClusterMember added = cluster.add(FLAGS).start();
        run.load().addClients(added);
        return added;
    }

    private void remove(final FaultRun run, final ClusterMember member) throws Exception {
        cluster.remove(member);
        assertEquals(0, member.exitStatus());
        run.load().retire(member);
    }

    private void awaitVoter(final ClusterMember added) throws IOException {
        final String promotion = "ADD_VOTER member " + added.id();
        final ClusterMember leader = cluster.awaitLeader();
        LarchCluster.await("a voter more", () -> leader.log().contains(promotion));
    }

    /** From one member to five and back, one by one, leaders first. */
    @Test
    @Tag("fused-only")
    void shouldGoOnWhileTheClusterGrowsAndShrinks() throws Exception {
        cluster.start(1, FLAGS);
        try (FaultRun run = new FaultRun("grow and shrink", cluster)) {
            while (run.nextRound(1)) {
                while (cluster.members().size() < 4) {
                    add(run);
                    run.awaitLoad();
                }
                while (cluster.members().size() > 1) {
                    remove(run, cluster.awaitLeader());
                    run.awaitLoad();
                }
            }
            run.finish();
        }
    }
}
