package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.port.Query.Kind;
import io.larch.engine.port.Query.MemberChange.Op;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.QueryViews.ChangeOutcome;
import io.larch.engine.raft.MessageType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What members say of their health, and how soon. */
class ClusterHealthTest {
    @TempDir Path directory;

    private TestCluster cluster;

    private void start() {
        cluster = new TestCluster(directory, 3);
        cluster.leader();
        cluster.run(500);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private static List<QueryViews.Health> ask(final TestCluster.Node node, final Kind kind) {
        return node.edge.askLater(kind, QueryViews.Health.class);
    }

    private TestCluster.Node survivor(final boolean isLeader) {
        final TestCluster.Node survivor = isLeader ? cluster.leader() : cluster.follower();
        cluster.nodes.values().stream().filter(n -> n != survivor).forEach(TestCluster.Node::kill);
        return survivor;
    }

    @ParameterizedTest
    @EnumSource(names = {"HEALTH", "READY"})
    void shouldBeWellAsSoonAsAMajorityHasAnswered(final Kind kind) {
        start();
        for (final TestCluster.Node node : cluster.up()) {
            final List<QueryViews.Health> answers = ask(node, kind);

            cluster.work();

            assertEquals(List.of(new QueryViews.Health(true, "")), answers);
        }
    }

    @ParameterizedTest
    @CsvSource({"HEALTH,true", "HEALTH,false", "READY,true", "READY,false"})
    void shouldNeverCallItselfWellWhenTheMajorityHasJustDied(
            final Kind kind, final boolean isLeader) {
        start();
        final TestCluster.Node survivor = survivor(isLeader);
        final List<List<QueryViews.Health>> all = new ArrayList<>();

        for (int i = 0; i < 300; i++) {
            all.add(ask(survivor, kind));
            cluster.step();
        }
        cluster.run(1000);

        for (final List<QueryViews.Health> answers : all) {
            assertEquals(1, answers.size());
            assertFalse(answers.get(0).healthy());
        }
    }

    @ParameterizedTest
    @CsvSource({"HEALTH,true", "HEALTH,false", "READY,true", "READY,false"})
    void shouldSayWithinASecondThatThereIsNoMajority(final Kind kind, final boolean isLeader) {
        start();
        final List<QueryViews.Health> answers = ask(survivor(isLeader), kind);

        cluster.run(1000);

        assertEquals(List.of(new QueryViews.Health(false, "no answer from a majority")), answers);
    }

    @Test
    void shouldBeWellAgainWhenTheMajorityIsBack() {
        start();
        final TestCluster.Node survivor = survivor(true);
        cluster.run(3000);
        assertEquals(
                List.of(new QueryViews.Health(false, "no leader")), ask(survivor, Kind.HEALTH));

        cluster.nodes.values().stream().filter(n -> !n.isUp()).forEach(TestCluster.Node::start);
        cluster.leader();
        cluster.run(100);
        final List<QueryViews.Health> answers = ask(survivor, Kind.HEALTH);
        cluster.work();

        assertEquals(List.of(new QueryViews.Health(true, "")), answers);
    }

    @Test
    void shouldNotWaitBehindWrites() {
        start();
        final TestCluster.Node leader = cluster.leader();
        final TestCluster.Node late = cluster.follower();
        // One follower lacks what is committed, so it has much to apply before it may read.
        cluster.network.lost = m -> m.to() == late.id && m.type() == MessageType.APPEND;
        cluster.answer(leader, leader.set("/a", "1"));
        final List<QueryViews.Health> behind = ask(late, Kind.HEALTH);
        final List<QueryViews.Health> reader = ask(late, Kind.READY);
        cluster.work();
        assertEquals(List.of(new QueryViews.Health(true, "")), behind);
        assertEquals(List.of(), reader);

        // And now nothing that is written comes to an end.
        cluster.network.lost = m -> m.type() == MessageType.APPEND;
        final long write = leader.set("/b", "1");
        final List<QueryViews.Health> answers = ask(leader, Kind.HEALTH);
        cluster.work();

        assertEquals(List.of(new QueryViews.Health(true, "")), answers);
        assertTrue(leader.edge.answersTo(write).isEmpty());
    }

    @Test
    void shouldAskAgainWhenAMessageIsLost() {
        start();
        final TestCluster.Node follower = cluster.follower();
        cluster.network.lost = m -> m.type() == MessageType.READ_INDEX;
        final List<QueryViews.Health> answers = ask(follower, Kind.HEALTH);
        cluster.run(100);
        assertEquals(List.of(), answers);

        cluster.network.lost = null;
        cluster.run(300);

        assertEquals(List.of(new QueryViews.Health(true, "")), answers);
    }

    @Test
    void shouldRefuseMoreQuestionsThanMayWait() {
        start();
        final TestCluster.Node survivor = survivor(true);
        final List<List<QueryViews.Health>> probes = new ArrayList<>();
        for (int i = 0; i < 1025; i++) {
            probes.add(ask(survivor, i % 2 == 0 ? Kind.HEALTH : Kind.READY));
        }
        final List<List<QueryViews.MemberChanged>> changes = new ArrayList<>();
        for (int i = 0; i < 257; i++) {
            changes.add(survivor.edge.change(Op.ADD, 0, TestCluster.peerUrls(10 + i)));
        }

        assertEquals(List.of(), probes.get(1023));
        assertEquals(List.of(new QueryViews.Health(false, "too many requests")), probes.get(1024));
        assertEquals(List.of(), changes.get(255));
        assertEquals(ChangeOutcome.TOO_MANY_REQUESTS, changes.get(256).get(0).outcome());
        cluster.run(8000);
        probes.forEach(answers -> assertEquals(1, answers.size()));
        changes.forEach(answers -> assertEquals(1, answers.size()));
        assertEquals(ChangeOutcome.NOT_MADE, changes.get(0).get(0).outcome());
    }
}
