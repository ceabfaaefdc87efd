package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.port.Query.MemberChange.Op;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.QueryViews.ChangeOutcome;
import io.larch.engine.raft.MessageType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From learner to voter: when it happens, what is seen of it, and who waits for it. */
class ClusterPromotionTest {
    @TempDir Path directory;

    private TestCluster cluster;

    private void start(final int size, final boolean isStrict) {
        cluster =
                new TestCluster(directory, size, context -> context.strictReconfigCheck(isStrict));
        cluster.leader();
        cluster.run(500);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private long add(final TestCluster.Node asked, final long place) {
        return await(asked.edge.change(Op.ADD, 0, TestCluster.peerUrls(place))).member().id();
    }

    private QueryViews.MemberChanged await(final List<QueryViews.MemberChanged> answers) {
        cluster.await("the answer", () -> !answers.isEmpty());
        assertEquals(1, answers.size());
        return answers.get(0);
    }

    private static QueryViews.Member member(final TestCluster.Node asked, final long id) {
        return asked.cluster().members().stream().filter(m -> m.id() == id).findFirst().get();
    }

    private static boolean isStarted(final TestCluster.Node asked, final long id) {
        return asked.cluster().members().stream()
                .anyMatch(m -> m.id() == id && !m.name().isEmpty());
    }

    /** Its leader does not hear how far a new member has come. */
    private void keepLearning(final long id) {
        cluster.network.lost =
                m -> m.from() == id && m.type() == MessageType.APPEND_REPLY && !m.isReject();
    }

    @Test
    void shouldPromoteALearnerThoughLeadersAreStoppedAgainAndAgain() {
        start(3, false);
        final long id = add(cluster.leader(), 4);
        final TestCluster.Node joined = cluster.join(id);
        keepLearning(id);
        cluster.run(1000);
        cluster.network.lost = null;

        int stops = 0;
        while (!isStarted(joined, id)) {
            assertTrue(stops < 5, "still learns under leader " + stops);
            final TestCluster.Node leader = cluster.leader();
            // Less than a heartbeat's time of peace.
            cluster.run(50);
            leader.kill();
            stops++;
            cluster.run(50);
            leader.start();
        }
    }

    @Test
    void shouldPromoteALearnerInTheMidstOfWrites() {
        start(1, false);
        final TestCluster.Node first = cluster.node(1);
        cluster.fill(first, 200);
        final long id = add(first, 4);
        final TestCluster.Node joined = cluster.join(id);

        for (int i = 0; i < 100 && !isStarted(joined, id); i++) {
            for (int k = 0; k < 50; k++) {
                first.set("/k/" + k, "v" + i);
            }
            joined.turn();
            first.turn();
            cluster.clock.pass(10 * TestCluster.MILLISECOND);
        }

        assertTrue(isStarted(joined, id));
    }

    @Test
    void shouldShowAMemberAsStartedOnceItVotes() {
        start(1, false);
        final TestCluster.Node first = cluster.node(1);
        final long id = add(first, 4);
        keepLearning(id);
        final TestCluster.Node joined = cluster.join(id);
        cluster.run(1000);

        for (final TestCluster.Node asked : List.of(first, joined)) {
            assertEquals("", member(asked, id).name());
            assertEquals(List.of(), member(asked, id).clientUrls());
        }
        cluster.network.lost = null;
        cluster.run(300);

        assertEquals("m" + id, member(first, id).name());
        assertEquals(List.of("http://127.0.0.1:" + (23700 + id)), member(first, id).clientUrls());
        // So that who sees it so may do without the others.
        assertEquals(
                ChangeOutcome.DONE, await(joined.edge.change(Op.REMOVE, 1, List.of())).outcome());
        cluster.await("the first one stops", () -> !first.isUp());
        cluster.nodes.remove(1L);
        assertEquals("1", cluster.answer(joined, joined.set("/a", "1")).value());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLetARemovalWaitForAPromotionUnderWay(final boolean isStrict) {
        start(1, isStrict);
        final TestCluster.Node first = cluster.node(1);
        final long id = add(first, 4);
        keepLearning(id);
        final TestCluster.Node joined = cluster.join(id);
        cluster.run(1000);

        final List<QueryViews.MemberChanged> removal = first.edge.change(Op.REMOVE, 1, List.of());
        // Nobody else has to wait for that.
        final List<QueryViews.MemberChanged> update =
                first.edge.change(Op.UPDATE, 1, TestCluster.peerUrls(1));
        cluster.run(500);
        assertEquals(ChangeOutcome.DONE, update.get(0).outcome());
        assertEquals(List.of(), removal);
        cluster.network.lost = null;

        assertEquals(ChangeOutcome.DONE, await(removal).outcome());
        cluster.await("the first one stops", () -> !first.isUp());
        cluster.nodes.remove(1L);
        assertEquals("1", cluster.answer(joined, joined.set("/a", "1")).value());
    }

    @Test
    void shouldSayWhyTheOnlyVoterIsNotRemovedWhenNobodyStartsInTime() {
        start(1, false);
        final TestCluster.Node first = cluster.node(1);
        add(first, 4);

        final List<QueryViews.MemberChanged> removal = first.edge.change(Op.REMOVE, 1, List.of());

        assertEquals(ChangeOutcome.LAST_VOTER, await(removal).outcome());
        assertEquals(2, first.cluster().members().size());
    }

    @Test
    void shouldRefuseAtOnceWhenStrictAndNobodyHasStarted() {
        start(1, true);
        final TestCluster.Node first = cluster.node(1);
        add(first, 4);

        final List<QueryViews.MemberChanged> removal = first.edge.change(Op.REMOVE, 1, List.of());
        cluster.run(50);

        assertEquals(ChangeOutcome.NOT_ENOUGH_STARTED, removal.get(0).outcome());
    }

    @Test
    void shouldShowAFounderThatHasNotStartedWithItsName() {
        cluster = new TestCluster(directory, 3);
        cluster.node(3).kill();
        final TestCluster.Node asked = cluster.leader();
        cluster.run(500);

        assertEquals("m3", member(asked, 3).name());
        assertEquals(List.of(), member(asked, 3).clientUrls());
        assertEquals(List.of("http://127.0.0.1:23701"), member(asked, 1).clientUrls());
    }

    @Test
    void shouldDropAChangeThatFindsNoMajorityInTime() {
        start(3, false);
        final TestCluster.Node survivor = cluster.follower();
        cluster.up().stream().filter(n -> n != survivor).forEach(TestCluster.Node::kill);

        final List<QueryViews.MemberChanged> addition =
                survivor.edge.change(Op.ADD, 0, TestCluster.peerUrls(4));
        assertEquals(ChangeOutcome.NOT_MADE, await(addition).outcome());
        cluster.nodes.values().stream().filter(n -> !n.isUp()).forEach(TestCluster.Node::start);
        cluster.leader();
        cluster.run(2000);

        assertEquals(3, survivor.cluster().members().size());
    }

    @Test
    void shouldSayThatAChangeMayYetBeMadeOnceItIsInALog() {
        start(3, false);
        final TestCluster.Node leader = cluster.leader();
        cluster.network.lost = m -> m.type() == MessageType.APPEND;

        final List<QueryViews.MemberChanged> addition =
                leader.edge.change(Op.ADD, 0, TestCluster.peerUrls(4));
        assertEquals(ChangeOutcome.TIMED_OUT, await(addition).outcome());
        cluster.network.lost = null;
        cluster.run(2000);

        assertEquals(4, leader.cluster().members().size());
    }
}
