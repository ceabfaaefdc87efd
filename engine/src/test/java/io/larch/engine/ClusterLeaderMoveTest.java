package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews.LeaderMove;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leadership goes to the member that a client names, without an election's time-out. */
class ClusterLeaderMoveTest {
    @TempDir Path directory;

    private final List<LeaderMove> answers = new ArrayList<>();
    private TestCluster cluster;

    private record Move(long target, List<LeaderMove> answers) implements Query<LeaderMove> {
        @Override
        public Kind kind() {
            return Kind.MOVE_LEADER;
        }

        @Override
        public void answer(final LeaderMove result) {
            answers.add(result);
        }
    }

    @BeforeEach
    void start() {
        cluster = new TestCluster(directory, 3);
        cluster.leader();
        cluster.run(500);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void shouldAnswerWhenTheOtherLeads() {
        final TestCluster.Node leader = cluster.leader();
        final TestCluster.Node other = cluster.follower();
        leader.edge.ask(new Move(other.id, answers));
        cluster.await("the answer", () -> !answers.isEmpty());
        assertEquals(List.of(LeaderMove.DONE), answers);
        assertEquals(other.id, cluster.leader().id);
        assertTrue(other.isLeader());
    }

    @Test
    void shouldSayWhyNot() {
        final TestCluster.Node leader = cluster.leader();
        cluster.follower().edge.ask(new Move(leader.id, answers));
        leader.edge.ask(new Move(4711, answers));
        leader.edge.ask(new Move(leader.id, answers));
        cluster.await("the answers", () -> answers.size() == 3);
        assertEquals(
                List.of(LeaderMove.NOT_LEADER, LeaderMove.BAD_TARGET, LeaderMove.DONE), answers);
        assertEquals(leader.id, cluster.leader().id);
    }

    @Test
    @Tag("slow")
    void shouldGiveUpWhenTheOtherIsNotThere() {
        final TestCluster.Node leader = cluster.leader();
        final TestCluster.Node other = cluster.follower();
        other.kill();
        leader.edge.ask(new Move(other.id, answers));
        cluster.run(1000);
        assertFalse(answers.contains(LeaderMove.DONE));
        cluster.await("the answer", () -> !answers.isEmpty());
        assertEquals(List.of(LeaderMove.TIMED_OUT), answers);
    }
}
