package io.larch.tools.faults;

import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import io.larch.tools.system.PeerCarrier;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members who were away so long that only a snapshot helps, while clients work. */
@Order(4)
@Tag("slow")
class FaultSnapshotTest {
    /**
     * The log keeps 5000 entries behind a snapshot for those who are late, and a member that stands
     * still has some thousands more waiting in its socket.
     */
    private static final int MORE_THAN_THE_LOG_KEEPS = 7_000;

    private static final String INSTALLED = "installed snapshot at index";

    @RegisterExtension
    final LarchCluster cluster = new LarchCluster().over(PeerCarrier.TLS.whenSplit());

    private static String[] flags(final String eventHistory) {
        return new String[] {"--snapshot-count", "300", "--event-history", eventHistory};
    }

    private List<ClusterMember> others(final ClusterMember member) {
        return cluster.members().stream().filter(other -> other != member).toList();
    }

    /**
     * Watchers of the late member are still connected when the snapshot jumps over what they wait
     * for: none of them may silently miss it, whether the history still has it or not.
     */
    @ParameterizedTest
    @ValueSource(strings = {"50000", "3000"})
    void shouldTellWatchersWhenALateMemberGetsASnapshot(final String eventHistory)
            throws Exception {
        cluster.start(3, flags(eventHistory));
        try (FaultRun run = new FaultRun("snapshot, history " + eventHistory, cluster)) {
            while (run.nextRound(1)) {
                run.awaitLoad();
                final ClusterMember late = cluster.followers().get(0);
                final int installed = count(late.log());
                late.pause();
                run.load().burst(others(late), MORE_THAN_THE_LOG_KEEPS);
                late.resume();
                run.awaitLoad();
                LarchCluster.await("a snapshot", () -> count(late.log()) > installed);
            }
            run.finish();
        }
    }

    private static int count(final String log) {
        return log.split(INSTALLED, -1).length - 1;
    }

    @Test
    void shouldServeAfterASnapshotWhenItWasKilled() throws Exception {
        cluster.start(3, flags("50000"));
        try (FaultRun run = new FaultRun("snapshot after kill", cluster)) {
            while (run.nextRound(1)) {
                run.awaitLoad();
                final ClusterMember late = cluster.followers().get(0);
                late.kill();
                run.load().burst(others(late), MORE_THAN_THE_LOG_KEEPS);
                late.start();
                run.awaitLoad();
                LarchCluster.await("a snapshot", () -> late.log().contains(INSTALLED));
                late.kill();
                late.start();
            }
            run.awaitLoad();
            run.finish();
        }
    }
}
