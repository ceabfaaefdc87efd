package io.larch.tools.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Members are killed as a power cut would (kill -9) while clients work. */
@Order(1)
@Tag("slow")
class FaultKillTest {
    private static final String[] FLAGS = {"--event-history", "50000"};

    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    /** Who asks a member that lives does not notice that the leader dies, but for a moment. */
    @Test
    void shouldAnswerWhatIsAskedOfTheLivingWhenLeadersAreKilledAgainAndAgain() throws Exception {
        cluster.start(3, FLAGS);
        try (FaultRun run = new FaultRun("leader killed", cluster)) {
            while (run.nextRound(3)) {
                run.awaitLoad();
                final ClusterMember leader = cluster.awaitLeader();
                run.kill(leader);
                run.awaitLoad();
                run.start(leader);
            }
            run.awaitLoad();
            run.finish();
            run.assertNothingElseFailed();
        }
    }

    @Test
    @Tag("fused-only")
    void shouldAnswerWhatIsAskedOfTheLivingWhenFollowersAreKilledAgainAndAgain() throws Exception {
        cluster.start(3, FLAGS);
        try (FaultRun run = new FaultRun("follower killed", cluster)) {
            while (run.nextRound(2)) {
                run.awaitLoad();
                final ClusterMember follower = cluster.followers().get(run.round() % 2);
                run.kill(follower);
                run.awaitLoad();
                run.start(follower);
            }
            run.awaitLoad();
            run.finish();
            run.assertNothingElseFailed();
        }
    }

    @Test
    void shouldLoseNothingWhenAllAreKilledAtOnce() throws Exception {
        cluster.start(3, FLAGS);
        try (FaultRun run = new FaultRun("all killed", cluster)) {
            while (run.nextRound(2)) {
                run.awaitLoad();
                cluster.members().forEach(ClusterMember::kill);
                cluster.startAll();
            }
            run.awaitLoad();
            run.finish();
        }
    }

    @Test
    @Tag("fused-only")
    void shouldRefuseWritesInTimeAndServeLocalReadsWithoutAMajority() throws Exception {
        cluster.start(3, FLAGS);
        try (FaultRun run = new FaultRun("majority lost", cluster)) {
            while (run.nextRound(1)) {
                run.awaitLoad();
                final ClusterMember last = cluster.member(1 + run.round() % 3);
                final List<ClusterMember> lost =
                        cluster.members().stream().filter(member -> member != last).toList();
                last.exchange("PUT", "/v2/keys/known", "value=1");
                lost.forEach(ClusterMember::kill);

                Refusal.assertTimedOut(last);
                assertEquals(200, last.exchange("GET", "/v2/keys/known", null).status());
                assertEquals(503, last.exchange("GET", "/health", null).status());

                lost.get(0).start();
                run.awaitLoad();
                lost.get(1).start();
            }
            run.awaitLoad();
            run.finish();
        }
    }

    @Test
    @Tag("fused-only")
    void shouldGoOnWhenTwoOfFiveAreKilled() throws Exception {
        cluster.start(5, FLAGS);
        try (FaultRun run = new FaultRun("two of five killed", cluster)) {
            while (run.nextRound(1)) {
                run.awaitLoad();
                final List<ClusterMember> killed =
                        List.of(cluster.awaitLeader(), cluster.followers().get(0));
                killed.forEach(run::kill);
                run.awaitLoad();
                for (final ClusterMember member : killed) {
                    run.start(member);
                }
            }
            run.awaitLoad();
            run.finish();
            run.assertNothingElseFailed();
        }
    }
}
