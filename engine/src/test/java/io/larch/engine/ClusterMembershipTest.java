package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.peer.Peers;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.raft.MessageType;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that come, go, move and are forgotten. */
class ClusterMembershipTest {
    @TempDir Path directory;

    private TestCluster cluster;

    private TestCluster start(final int size) {
        cluster = new TestCluster(directory, size);
        return cluster;
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void shouldRemoveAFollowerThatThenStopsAndRefusesToStartAgain() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node removed = cluster.follower();
        final TestCluster.Node leader = cluster.leader();

        final List<QueryViews.MemberChanged> answers =
                leader.edge.change(Query.MemberChange.Op.REMOVE, removed.id, List.of());
        cluster.await("the answer", () -> !answers.isEmpty());
        assertEquals(QueryViews.ChangeOutcome.DONE, answers.get(0).outcome());
        cluster.await("the removed member stops", () -> !removed.isUp());

        assertInstanceOf(MemberRemovedException.class, removed.failure);
        assertThrows(MemberRemovedException.class, removed::start);
        cluster.nodes.remove(removed.id);
        assertEquals(2, leader.cluster().members().size());
        assertEquals("1", cluster.answer(leader, leader.set("/a", "1")).value());
    }

    @Test
    void shouldGoOnWithoutALeaderThatWasRemoved() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node removed = cluster.leader();
        final TestCluster.Node asked = cluster.follower();

        final List<QueryViews.MemberChanged> answers =
                asked.edge.change(Query.MemberChange.Op.REMOVE, removed.id, List.of());
        final long write = asked.set("/a", "1");
        cluster.await("the answer", () -> !answers.isEmpty());
        cluster.await("the removed member stops", () -> !removed.isUp());

        assertInstanceOf(MemberRemovedException.class, removed.failure);
        cluster.nodes.remove(removed.id);
        cluster.answer(asked, write);
        asked.assertAnsweredOnce(write);
        assertNotEquals(removed.id, cluster.leader().id);
    }

    @Test
    void shouldTellAMemberThatWasRemovedWhileItWasAway() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node removed = cluster.follower();
        removed.kill();
        final TestCluster.Node leader = cluster.leader();
        final List<QueryViews.MemberChanged> answers =
                leader.edge.change(Query.MemberChange.Op.REMOVE, removed.id, List.of());
        cluster.await("the answer", () -> !answers.isEmpty());

        removed.start();
        cluster.await("the removed member stops", () -> !removed.isUp());

        assertInstanceOf(MemberRemovedException.class, removed.failure);
        assertThrows(MemberRemovedException.class, removed::start);
        cluster.nodes.remove(removed.id);
    }

    @Test
    void shouldTellAMemberThatWasRemovedLongAgo() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node removed = cluster.follower();
        removed.kill();
        final TestCluster.Node leader = cluster.leader();
        remove(leader, removed.id);
        cluster.await(
                "it is forgotten",
                () -> cluster.up().stream().noneMatch(n -> n.transport.isConnectedTo(removed.id)));

        removed.start();
        cluster.await("the removed member stops", () -> !removed.isUp());

        assertInstanceOf(MemberRemovedException.class, removed.failure);
        cluster.nodes.remove(removed.id);
    }

    @Test
    void shouldTellAMemberThatWasRemovedWhenOnlyOneIsLeftWhoRestarted() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node removed = cluster.follower();
        removed.kill();
        final TestCluster.Node left = cluster.leader();
        final TestCluster.Node second = cluster.follower();
        remove(left, removed.id);
        remove(left, second.id);
        cluster.await("the second one stops", () -> !second.isUp());
        cluster.nodes.remove(second.id);
        left.kill();
        left.start();

        removed.start();
        cluster.await("the removed member stops", () -> !removed.isUp());

        assertInstanceOf(MemberRemovedException.class, removed.failure);
        cluster.nodes.remove(removed.id);
    }

    private void remove(final TestCluster.Node asked, final long id) {
        final List<QueryViews.MemberChanged> answers =
                asked.edge.change(Query.MemberChange.Op.REMOVE, id, List.of());
        cluster.await("the answer", () -> !answers.isEmpty());
        assertEquals(QueryViews.ChangeOutcome.DONE, answers.get(0).outcome());
    }

    /** Adds a member, starts it, and waits until the others count on it. */
    private TestCluster.Node grow(final TestCluster.Node asked, final int place) {
        final List<QueryViews.MemberChanged> answers =
                asked.edge.change(Query.MemberChange.Op.ADD, 0, TestCluster.peerUrls(place));
        cluster.await("the answer", () -> !answers.isEmpty());
        assertEquals(QueryViews.ChangeOutcome.DONE, answers.get(0).outcome());
        final TestCluster.Node joined = cluster.join(answers.get(0).member().id());
        cluster.run(3000);
        cluster.settle();
        return joined;
    }

    /** Ends the leader's process; the next leader is a certain one, and stays it. */
    private TestCluster.Node leadBy(final TestCluster.Node next) {
        final TestCluster.Node old = cluster.leader();
        cluster.network.lost =
                message ->
                        message.from() != next.id
                                && (message.type() == MessageType.VOTE
                                        || message.type() == MessageType.PRE_VOTE);
        old.kill();
        cluster.await("it leads", () -> cluster.leader() == next);
        return old;
    }

    @Test
    void shouldCatchUpUnderALeaderThatWasAddedWhileItWasAway() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node away = cluster.follower();
        final TestCluster.Node asked = cluster.leader();
        cluster.answer(asked, asked.set("/before", "1"));
        away.kill();
        final TestCluster.Node newer = grow(asked, 4);
        grow(asked, 5);
        leadBy(newer);
        cluster.answer(newer, newer.set("/after", "1"));

        away.start();
        assertFalse(away.transport.isConnectedTo(newer.id));
        cluster.settle();

        assertTrue(newer.isLeader());
        assertEquals("1", away.get("/after").value());
        assertEquals(5, away.cluster().members().size());
        // What is known now needs no word of the others.
        assertEquals(TestCluster.peerUrls(4), away.transport.urlsOf(newer.id));
        cluster.run(40_000);
        assertTrue(away.transport.isConnectedTo(newer.id));
    }

    @Test
    void shouldJoinUnderALeaderThatNobodyToldItOf() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node newer = grow(cluster.leader(), 4);
        final TestCluster.Node old = leadBy(newer);
        old.start();
        cluster.settle();

        // It is told of the founders only.
        final TestCluster.Node joined = grow(newer, 5);

        assertTrue(newer.isLeader());
        assertEquals(5, joined.cluster().members().size());
        assertEquals("1", cluster.answer(joined, joined.set("/a", "1")).value());
    }

    @Test
    void shouldAnswerSoManyStrangersOnlyAndForgetThemWhenTheyFallSilent() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node node = cluster.node(1);

        for (long id = 1; id <= 100; id++) {
            node.transport.greet(1000 + id, List.of("http://127.0.0.1:" + (1000 + id)));
        }
        node.transport.greet(1L, List.of("http://127.0.0.1:9999"));
        cluster.run(100);

        assertEquals(2 + Peers.MAX_OUTSIDERS, node.transport.peerCount());
        assertFalse(node.transport.isConnectedTo(1));
        cluster.run(31_000);
        assertEquals(2, node.transport.peerCount());
        cluster.settle();
    }

    @Test
    void shouldFollowAMemberToUrlsThatItHasNotHeardOf() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node node = cluster.node(1);
        final List<String> elsewhere = List.of("http://127.0.0.1:9999");

        node.transport.greet(2L, elsewhere);
        cluster.run(100);

        assertEquals(elsewhere, node.transport.urlsOf(2));
        cluster.run(40_000);
        assertTrue(node.transport.isConnectedTo(2));
    }

    @Test
    void shouldLetAMemberJoinAndMakeItAVoter() {
        start(1).leader();
        final TestCluster.Node first = cluster.node(1);
        cluster.answer(first, first.set("/a", "1"));
        final List<QueryViews.MemberChanged> answers =
                first.edge.change(Query.MemberChange.Op.ADD, 0, TestCluster.peerUrls(2));
        cluster.await("the answer", () -> !answers.isEmpty());
        final long id = answers.get(0).member().id();
        cluster.answer(first, first.set("/b", "1"));

        final TestCluster.Node joined = cluster.join(id);
        cluster.await("it is a voter", () -> joined.raft().leaderId() == 1);
        cluster.run(2000);
        cluster.settle();

        assertEquals("1", joined.get("/a").value());
        assertEquals("1", cluster.answer(joined, joined.set("/c", "1")).value());
        first.kill();
        final long alone = joined.set("/d", "1");
        cluster.run(3000);
        assertTrue(joined.edge.answersTo(alone).isEmpty(), "one of two voters answered alone");
        first.start();
        cluster.answer(joined, alone);
        joined.assertAnsweredOnce(alone);
    }

    @Test
    void shouldGoOnAloneWhenForcedTo() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node kept = cluster.follower();
        cluster.answer(kept, kept.set("/a", "1"));
        cluster.settle();
        cluster.nodes.values().forEach(TestCluster.Node::kill);
        cluster.nodes.values().removeIf(n -> n != kept);

        cluster.settings = context -> context.forceNewCluster(true);
        kept.start();

        assertTrue(kept.isLeader());
        assertEquals("1", kept.get("/a").value());
        assertEquals(1, kept.cluster().members().size());
        assertEquals("2", cluster.answer(kept, kept.set("/b", "2")).value());
        cluster.settings = UnaryOperator.identity();
        kept.kill();
        kept.start();
        assertTrue(kept.isLeader());
        assertEquals("2", kept.get("/b").value());
    }

    /** They are the majority of what the cluster was, and know nothing of their removal. */
    @Test
    void shouldGoOnAloneWhenOldMembersComeBackAfterwards() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node kept = cluster.follower();
        cluster.answer(kept, kept.set("/a", "1"));
        cluster.settle();
        final List<TestCluster.Node> old =
                cluster.nodes.values().stream().filter(n -> n != kept).toList();
        cluster.nodes.values().forEach(TestCluster.Node::kill);

        cluster.settings = context -> context.forceNewCluster(true);
        kept.start();
        cluster.settings = UnaryOperator.identity();
        assertEquals("2", cluster.answer(kept, kept.set("/b", "2")).value());
        old.forEach(TestCluster.Node::start);
        cluster.run(10_000);

        assertTrue(kept.isLeader());
        assertEquals("2", kept.get("/b").value());
        assertEquals(1, kept.cluster().members().size());
        assertEquals("3", cluster.answer(kept, kept.set("/b", "3")).value());
    }

    /**
     * Ends the process of a member that takes a snapshot at each of its renames and writes in turn;
     * each time it must come back with its old state or the new one, and catch up.
     */
}
