package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.member.FeatureLevel;
import io.larch.engine.port.Query.MemberChange.Op;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.QueryViews.ChangeOutcome;
import io.larch.engine.raft.MessageType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that stay learners until they are promoted. */
class ClusterLearnerTest {
    private static final UnaryOperator<EngineContext> KNOWING =
            context -> context.featureLevel(FeatureLevel.HELD_LEARNERS);

    @TempDir Path directory;

    private TestCluster cluster;
    private final Map<Long, EngineContext> contexts = new TreeMap<>();

    private void start(final int size, final UnaryOperator<EngineContext> settings) {
        cluster =
                new TestCluster(
                        directory,
                        size,
                        context -> {
                            contexts.put(context.memberId(), context);
                            return settings.apply(context);
                        });
        cluster.leader();
        cluster.run(1000);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private QueryViews.MemberChanged change(
            final TestCluster.Node asked, final Op op, final long id, final List<String> urls) {
        final List<QueryViews.MemberChanged> answers = asked.edge.change(op, id, urls);
        cluster.await("the answer", () -> !answers.isEmpty());
        assertEquals(1, answers.size());
        return answers.get(0);
    }

    private long add(final TestCluster.Node asked, final long place) {
        final QueryViews.MemberChanged added =
                change(asked, Op.ADD_LEARNER, 0, TestCluster.peerUrls(place));
        assertEquals(ChangeOutcome.DONE, added.outcome());
        assertTrue(added.member().isLearner());
        return added.member().id();
    }

    private ChangeOutcome promote(final TestCluster.Node asked, final long id) {
        return change(asked, Op.PROMOTE, id, List.of()).outcome();
    }

    private static QueryViews.Member member(final TestCluster.Node asked, final long id) {
        return asked.cluster().members().stream().filter(m -> m.id() == id).findFirst().get();
    }

    @Test
    void shouldStayALearnerUntilItIsPromoted() {
        start(3, KNOWING);
        final long id = add(cluster.follower(), 4);
        assertEquals(ChangeOutcome.LEARNER_NOT_READY, promote(cluster.leader(), id));
        assertEquals(ChangeOutcome.LEARNER_NOT_READY, promote(cluster.follower(), id));

        final TestCluster.Node learner = cluster.join(id);
        cluster.run(3000);
        for (final TestCluster.Node asked : cluster.up()) {
            assertTrue(member(asked, id).isLearner());
            assertEquals("m" + id, member(asked, id).name());
            assertEquals(asked == learner, contexts.get(asked.id).standing().isLearner());
        }

        assertEquals(ChangeOutcome.DONE, promote(cluster.follower(), id));
        cluster.settle();
        assertFalse(member(learner, id).isLearner());
        assertFalse(contexts.get(id).standing().isLearner());
        assertEquals(ChangeOutcome.NOT_A_LEARNER, promote(cluster.leader(), id));
    }

    @Test
    void shouldPromoteASecondMemberWhichThenVotes() {
        start(1, context -> KNOWING.apply(context).strictReconfigCheck(true));
        final TestCluster.Node first = cluster.node(1);
        final long id = add(first, 4);
        final TestCluster.Node learner = cluster.join(id);
        cluster.run(1000);
        assertEquals(ChangeOutcome.DONE, promote(first, id));
        cluster.settle();
        learner.kill();
        final long write = first.set("/a", "1");
        cluster.run(500);
        assertEquals(List.of(), first.edge.answersTo(write));
    }

    @Test
    void shouldNotCountALearner() {
        start(1, KNOWING);
        final TestCluster.Node first = cluster.node(1);
        final long id = add(first, 4);
        final TestCluster.Node learner = cluster.join(id);
        cluster.run(1000);
        learner.kill();
        assertEquals("1", cluster.answer(first, first.set("/a", "1")).value());
        // It does not come to lead either.
        first.kill();
        learner.start();
        cluster.run(5000);
        assertEquals("StateFollower", learner.raft().role());
        assertEquals(0, learner.raft().leaderId());
    }

    @Test
    void shouldKeepALearnerThroughRestartsAndSnapshots() {
        start(1, context -> KNOWING.apply(context).snapshotCount(50).trailingEntries(10));
        final TestCluster.Node first = cluster.node(1);
        final long id = add(first, 4);
        cluster.fill(first, 300);
        first.stop();
        first.start();
        cluster.leader();
        // It gets a snapshot.
        final TestCluster.Node learner = cluster.join(id);
        cluster.settle();
        cluster.run(1000);
        learner.stop();
        learner.start();
        cluster.run(1000);
        assertTrue(member(first, id).isLearner());
        assertTrue(member(learner, id).isLearner());
        assertTrue(contexts.get(id).standing().isLearner());
        assertEquals(ChangeOutcome.DONE, promote(first, id));
    }

    @Test
    void shouldRefuseAPromotionWhileTheLearnerLags() {
        start(1, KNOWING);
        final TestCluster.Node first = cluster.node(1);
        final long id = add(first, 4);
        final TestCluster.Node learner = cluster.join(id);
        cluster.run(1000);
        cluster.network.lost = m -> m.to() == id && m.type() == MessageType.APPEND;
        cluster.fill(first, 200);
        assertEquals(ChangeOutcome.LEARNER_NOT_READY, promote(first, id));
        cluster.network.lost = null;
        cluster.run(300);
        assertEquals(ChangeOutcome.DONE, promote(first, id));
        cluster.settle();
        assertFalse(member(learner, id).isLearner());
    }

    @Test
    void shouldTakeOneLearnerAtATimeAndLetItGo() {
        start(3, context -> KNOWING.apply(context).strictReconfigCheck(true));
        final TestCluster.Node leader = cluster.leader();
        final long id = add(leader, 4);
        assertEquals(
                ChangeOutcome.TOO_MANY_LEARNERS,
                change(leader, Op.ADD_LEARNER, 0, TestCluster.peerUrls(5)).outcome());
        assertEquals(
                ChangeOutcome.DONE,
                change(leader, Op.UPDATE, id, TestCluster.peerUrls(6)).outcome());
        assertTrue(member(leader, id).isLearner());
        assertEquals(ChangeOutcome.ID_NOT_FOUND, promote(leader, 4711));
        assertEquals(ChangeOutcome.NOT_A_LEARNER, promote(leader, 1));
        assertEquals(ChangeOutcome.DONE, change(leader, Op.REMOVE, id, List.of()).outcome());
        assertEquals(ChangeOutcome.ID_REMOVED, promote(leader, id));
        add(leader, 5);
    }

    /** It is in no quorum, so it does not matter whether it runs. */
    @Test
    void shouldLetMembersComeAndGoBesideALearnerThatHasNotStarted() {
        start(3, context -> KNOWING.apply(context).strictReconfigCheck(true));
        final TestCluster.Node leader = cluster.leader();
        add(leader, 4);
        assertEquals(
                ChangeOutcome.DONE,
                change(leader, Op.REMOVE, cluster.follower().id, List.of()).outcome());
        assertEquals(
                ChangeOutcome.DONE, change(leader, Op.ADD, 0, TestCluster.peerUrls(5)).outcome());
    }

    @Test
    void shouldAddNoLearnerBeforeAllMembersUnderstandThat() {
        start(3, context -> context.memberId() == 3 ? context : KNOWING.apply(context));
        for (final TestCluster.Node asked : cluster.up()) {
            assertEquals(
                    ChangeOutcome.NOT_UNDERSTOOD,
                    change(asked, Op.ADD_LEARNER, 0, TestCluster.peerUrls(4)).outcome());
        }
        assertEquals(
                ChangeOutcome.DONE,
                change(cluster.leader(), Op.ADD, 0, TestCluster.peerUrls(4)).outcome());
    }
}
