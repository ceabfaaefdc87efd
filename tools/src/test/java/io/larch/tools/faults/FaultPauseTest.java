package io.larch.tools.faults;

import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import io.larch.tools.system.PeerCarrier;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Processes stand still (SIGSTOP) and go on as if no time had passed. */
@Tag("slow")
class FaultPauseTest {
    private static final String[] FLAGS = {"--event-history", "50000"};

    /** Aeron's clients and images are given up after 10 s of silence. */
    private static final long LONGER_THAN_AERON_WAITS_NS = TimeUnit.SECONDS.toNanos(13);

    @RegisterExtension
    final LarchCluster cluster = new LarchCluster().over(PeerCarrier.TCP.whenSplit());

    private List<ClusterMember> others(final ClusterMember member) {
        return cluster.members().stream().filter(other -> other != member).toList();
    }

    /** What the old leader finds in its sockets, when it goes on, was asked after its time. */
    @Test
    void shouldNotReadWhatIsStaleWhenALeaderWakesUp() throws Exception {
        cluster.start(3, FLAGS);
        try (FaultRun run = new FaultRun("leader paused", cluster)) {
            while (run.nextRound(3)) {
                run.awaitLoad();
                final ClusterMember leader = cluster.awaitLeader();
                leader.pause();
                cluster.awaitLeader(member -> member != leader);
                run.awaitLoad(others(leader));
                try (QueuedReads reads = new QueuedReads(leader, run.load().journal())) {
                    run.awaitLoad(others(leader));
                    leader.resume();
                    reads.finish();
                }
            }
            run.awaitLoad();
            run.finish();
        }
    }

    @Test
    @Tag("fused-only")
    void shouldLoseNothingWhenAFollowerIsPaused() throws Exception {
        cluster.start(3, FLAGS);
        try (FaultRun run = new FaultRun("follower paused", cluster)) {
            while (run.nextRound(3)) {
                run.awaitLoad();
                final ClusterMember follower = cluster.followers().get(run.round() % 2);
                follower.pause();
                run.awaitLoad(others(follower));
                try (QueuedReads reads = new QueuedReads(follower, run.load().journal())) {
                    run.awaitLoad(others(follower));
                    follower.resume();
                    reads.finish();
                }
            }
            run.awaitLoad();
            run.finish();
        }
    }

    @Test
    @Tag("fused-only")
    void shouldComeBackFromAPauseThatIsLongerThanTheTransportWaits() throws Exception {
        cluster.start(3, FLAGS);
        try (FaultRun run = new FaultRun("leader paused 13 s", cluster)) {
            while (run.nextRound(1)) {
                run.awaitLoad();
                final ClusterMember leader = cluster.awaitLeader();
                leader.pause();
                final long endNs = System.nanoTime() + LONGER_THAN_AERON_WAITS_NS;
                run.awaitLoad(others(leader));
                LarchCluster.await("the end of the pause", () -> System.nanoTime() - endNs > 0);
                leader.resume();
                run.awaitLoad();
            }
            run.finish();
        }
    }

    /** Everybody stands still, and some go on before others. */
    @Test
    void shouldGoOnWhenAllWerePaused() throws Exception {
        cluster.start(3, FLAGS);
        try (FaultRun run = new FaultRun("all paused", cluster)) {
            while (run.nextRound(2)) {
                run.awaitLoad();
                final ClusterMember leader = cluster.awaitLeader();
                for (final ClusterMember member : cluster.members()) {
                    member.pause();
                }
                for (final ClusterMember follower : others(leader)) {
                    follower.resume();
                }
                run.awaitLoad(others(leader));
                leader.resume();
            }
            run.awaitLoad();
            run.finish();
        }
    }
}
