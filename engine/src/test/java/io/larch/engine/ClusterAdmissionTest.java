package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.counter.CounterApplication;
import io.larch.engine.member.FeatureLevel;
import io.larch.engine.raft.MessageType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a leader appends has room and is understood by all, whoever proposes it and however little
 * that one knows of what happened since.
 */
class ClusterAdmissionTest {
    private static final int MAX_NODES = 200;

    @TempDir Path directory;
    private TestCluster cluster;

    @AfterEach
    void close() {
        cluster.close();
    }

    private void start() {
        cluster = new TestCluster(directory, 3, context -> context.maxNodes(MAX_NODES));
        cluster.leader();
        cluster.run(1000);
    }

    /** A member that hears who leads, and nothing of what is written. */
    private void hold(final TestCluster.Node node) {
        cluster.network.lost = m -> m.to() == node.id && m.type() == MessageType.APPEND;
    }

    /** One after the other: what is under way is counted for more than it may be. */
    private void fill(final TestCluster.Node writer) {
        long last = 0;
        for (int i = 0; i < MAX_NODES; i++) {
            last = writer.post("/full", "x");
            cluster.work();
        }
        assertStoreFull(cluster.answer(writer, last));
    }

    private static void assertStoreFull(final TestEdge.Answer reply) {
        assertEquals(ErrorCode.STORE_FULL.code(), reply.errorCode(), reply::cause);
        assertEquals("the store is full", reply.cause());
    }

    private void assertBounded() {
        cluster.settle();
        for (final TestCluster.Node node : cluster.up()) {
            assertTrue(node.creations() <= MAX_NODES, () -> "nodes: " + node.creations());
        }
    }

    @Test
    void shouldRefuseWhatAMemberThatLagsSendsIntoAFullStore() {
        start();
        final TestCluster.Node late = cluster.follower();
        hold(late);
        fill(cluster.leader());

        final TestEdge.Answer reply = cluster.answer(late, late.set("/late", "x"));

        assertStoreFull(reply);
        cluster.network.lost = null;
        assertBounded();
        assertEquals(ErrorCode.KEY_NOT_FOUND.code(), cluster.leader().get("/late").errorCode());
        late.assertRepliedOnce(reply.correlationId());
    }

    @Test
    void shouldTakeFromAMemberThatLagsWhatAddsNothing() {
        start();
        cluster.answer(cluster.leader(), cluster.leader().set("/a", "long enough"));
        cluster.answer(cluster.leader(), cluster.leader().set("/b", "x"));
        cluster.settle();
        final TestCluster.Node late = cluster.follower();
        hold(late);
        fill(cluster.leader());

        final long update = late.offer(CommandType.UPDATE, 0, "/a", "short");
        final long refresh = late.offer(CommandType.UPDATE, KeysCommand.REFRESH, "/a", "");
        final long delete = late.offer(CommandType.DELETE, 0, "/b", "");
        cluster.run(50);
        cluster.network.lost = null;

        cluster.settle();
        late.assertAnsweredOnce(update);
        late.assertAnsweredOnce(refresh);
        late.assertAnsweredOnce(delete);
        late.assertAnsweredOnce(cluster.answer(late, late.set("/c", "x")).correlationId());
        assertBounded();
    }

    @Test
    void shouldCountWhatAllMembersHaveUnderWay() {
        start();
        final List<TestCluster.Node> nodes = cluster.up();
        final List<Long> requests = new ArrayList<>();
        for (int i = 0; i < MAX_NODES; i++) {
            for (final TestCluster.Node node : nodes) {
                requests.add(node.post("/q", "x"));
            }
        }
        cluster.run(200);

        int taken = 0;
        for (int i = 0; i < requests.size(); i++) {
            final TestCluster.Node node = nodes.get(i % nodes.size());
            node.assertRepliedOnce(requests.get(i));
            final TestEdge.Answer reply = node.edge.answersTo(requests.get(i)).get(0);
            if (reply.errorCode() == 0) {
                taken++;
            } else {
                assertStoreFull(reply);
            }
        }
        assertBounded();
        assertTrue(taken > MAX_NODES / 4, "taken: " + taken);
    }

    @Test
    void shouldJudgeWhatWaitedForALeaderWhenThereIsOne() {
        start();
        final TestCluster.Node late = cluster.follower();
        cluster.network.isolate(late.place);
        cluster.await("no leader", () -> late.raft().leaderId() == 0);
        fill(cluster.leader());

        final long request = late.set("/late", "x");
        cluster.network.heal();

        assertStoreFull(cluster.answer(late, request));
        late.assertRepliedOnce(request);
        assertBounded();
    }

    /** The first copy may be in the log, so nobody may say that it is not. */
    @Test
    void shouldNotRefuseWhatMayHaveBeenTakenBefore() {
        start();
        final TestCluster.Node leader = cluster.leader();
        final TestCluster.Node late = cluster.follower();
        cluster.network.lost = m -> m.type() == MessageType.FORWARD;
        final long request = late.set("/late", "x");
        cluster.work();
        fill(leader);
        cluster.network.lost = null;

        final TestEdge.Answer reply = cluster.answer(late, request);

        assertEquals(ErrorCode.RAFT_INTERNAL.code(), reply.errorCode(), reply::cause);
        assertTrue(reply.cause().contains("timed out"), reply::cause);
        late.assertRepliedOnce(request);
        assertBounded();
    }

    @Test
    void shouldRefuseWhatAMemberSendsThatDoesNotKnowOfAnOlderOne() {
        cluster =
                new TestCluster(
                        directory,
                        3,
                        context ->
                                context.applications(List.of(CounterApplication::create))
                                        .featureLevel(CounterApplication.FEATURE_LEVEL));
        cluster.leader();
        cluster.run(1000);
        cluster.settle();
        final TestCluster.Node late = cluster.follower();
        final TestCluster.Node leader = cluster.leader();
        final TestCluster.Node older =
                cluster.up().stream()
                        .filter(node -> node != late && node != leader)
                        .findFirst()
                        .orElseThrow();
        hold(late);
        older.stop();
        cluster.settings = context -> context.featureLevel(FeatureLevel.SECTIONS);
        older.start();
        cluster.run(1000);

        late.edge.offer((target, id) -> CounterApplication.encodeAdd(target, id, 1));
        final TestEdge.Answer reply = cluster.answer(late, late.edge.lastId());

        assertEquals(ErrorCode.RAFT_INTERNAL.code(), reply.errorCode());
        assertTrue(reply.cause().contains("not all members"), reply::cause);
        late.assertRepliedOnce(reply.correlationId());
    }
}
