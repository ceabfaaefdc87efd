package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.apply.UnknownCommandException;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.counter.CounterApplication;
import io.larch.engine.member.FeatureLevel;
import io.larch.engine.port.Query;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application beside the keys, and members of a cluster that do not have it. */
class SecondApplicationTest {
    private static final UnaryOperator<EngineContext> OLD = UnaryOperator.identity();
    private static final UnaryOperator<EngineContext> NEW =
            context ->
                    context.applications(List.of(CounterApplication::create))
                            .featureLevel(CounterApplication.FEATURE_LEVEL);

    @TempDir Path directory;
    private TestCluster cluster;

    @AfterEach
    void close() {
        cluster.close();
    }

    private static long add(final TestCluster.Node node, final long amount) {
        node.edge.offer((target, id) -> CounterApplication.encodeAdd(target, id, amount));
        return node.edge.lastId();
    }

    private static long read(final TestCluster.Node node, final boolean isQuorum) {
        node.edge.offer((target, id) -> CounterApplication.encodeRead(target, id, isQuorum));
        return node.edge.lastId();
    }

    private long added(final TestCluster.Node node, final long amount) {
        final TestEdge.Answer reply = cluster.answer(node, add(node, amount));
        assertEquals(0, reply.errorCode(), reply::cause);
        return CounterApplication.sumOf(reply.body());
    }

    private long localSum(final TestCluster.Node node) {
        final TestEdge.Answer reply = cluster.answer(node, read(node, false));
        return CounterApplication.sumOf(reply.body());
    }

    private void refused(final TestCluster.Node node) {
        final TestEdge.Answer reply = cluster.answer(node, add(node, 1));
        assertEquals(ErrorCode.RAFT_INTERNAL.code(), reply.errorCode());
        assertTrue(reply.cause().contains("not all members"), reply::cause);
    }

    @Test
    void shouldReplicateAndReadBesideTheKeys() {
        cluster = new TestCluster(directory, 3, NEW);
        final TestCluster.Node follower = cluster.follower();
        cluster.run(1000);
        assertEquals(5, added(cluster.leader(), 5));
        assertEquals(12, added(follower, 7));
        cluster.node(1).assertAnsweredOnce(lastSet(cluster.node(1)));
        assertEquals(
                12,
                CounterApplication.sumOf(cluster.answer(follower, read(follower, true)).body()));
        cluster.settle();
        for (final TestCluster.Node node : cluster.up()) {
            assertEquals(12, localSum(node));
        }
    }

    private long lastSet(final TestCluster.Node node) {
        final long id = node.set("/k", "v");
        cluster.answer(node, id);
        return id;
    }

    @Test
    void shouldRefuseWhatItsApplicationHasNoRoomFor() {
        cluster = new TestCluster(directory, 3, NEW);
        cluster.leader();
        cluster.run(1000);
        final TestEdge.Answer reply =
                cluster.answer(cluster.node(1), add(cluster.node(1), CounterApplication.LIMIT + 1));
        assertEquals(ErrorCode.STORE_FULL.code(), reply.errorCode());
        assertEquals(1, added(cluster.node(1), 1));
    }

    /** An edge may know more than the engine that it is deployed with. */
    @Test
    void shouldAnswerWhatThereIsNoApplicationFor() {
        cluster = new TestCluster(directory, 1, OLD);
        final TestCluster.Node node = cluster.leader();
        notUnderstood(node, add(node, 1));
        notUnderstood(node, read(node, false));
        notUnderstood(node, read(node, true));
        notUnderstood(node, offer(node, CommandEnvelope.MAX_DOMAIN));
        notUnderstood(node, offer(node, CommandEnvelope.MAX_DOMAIN + 1));
        node.assertAnsweredOnce(lastSet(node));
    }

    private static long offer(final TestCluster.Node node, final int domain) {
        final byte type = CommandType.SET.code();
        node.edge.offer(
                (target, id) ->
                        CommandEnvelope.encode(
                                target, 0, domain, type, 0, id, 1, CommandEnvelope.PERMANENT));
        return node.edge.lastId();
    }

    private void notUnderstood(final TestCluster.Node node, final long request) {
        final TestEdge.Answer reply = cluster.answer(node, request);
        assertEquals(ErrorCode.RAFT_INTERNAL.code(), reply.errorCode());
        assertTrue(reply.cause().contains("does not understand"), reply::cause);
        node.assertRepliedOnce(request);
    }

    @Test
    void shouldComeBackFromTheLogAndFromASnapshot() {
        cluster = new TestCluster(directory, 1, context -> NEW.apply(context).snapshotCount(50));
        final TestCluster.Node node = cluster.leader();
        cluster.run(1000);
        added(node, 3);
        node.stop();
        node.start();
        cluster.leader();
        assertEquals(3, localSum(node));
        cluster.fill(node, 200);
        added(node, 4);
        cluster.fill(node, 200);
        node.stop();
        node.start();
        cluster.leader();
        assertEquals(7, localSum(node));
        assertEquals(11, added(node, 4));
    }

    @Test
    void shouldReachAMemberBySnapshot() {
        cluster =
                new TestCluster(
                        directory,
                        3,
                        context -> NEW.apply(context).snapshotCount(50).trailingEntries(10));
        cluster.leader();
        cluster.run(1000);
        final TestCluster.Node away = cluster.follower();
        away.stop();
        added(cluster.leader(), 21);
        cluster.fill(cluster.leader(), 500);
        away.start();
        cluster.settle();
        assertEquals(21, localSum(away));
    }

    @Test
    void shouldProposeNothingThatAMemberDoesNotUnderstand() {
        cluster = new TestCluster(directory, 3, OLD);
        cluster.leader();
        cluster.run(1000);
        upgrade(cluster.node(1));
        upgrade(cluster.node(2));
        refused(cluster.node(1));
        refused(cluster.node(2));
        final long set = lastSet(cluster.node(1));
        cluster.node(1).assertAnsweredOnce(set);
        upgrade(cluster.node(3));
        assertEquals(2, added(cluster.node(1), 2));
        cluster.settle();
        assertEquals(2, localSum(cluster.node(3)));
    }

    /** Who was of a build without levels knows no one's when it starts from its snapshot. */
    @Test
    void shouldTellItsLevelAgainWhenAnotherMemberIsUpgraded() {
        cluster = new TestCluster(directory, 3, OLD);
        cluster.leader();
        cluster.run(1000);
        final long before = indexOfSet();
        restart(cluster.node(1), OLD);
        assertEquals(before + 2, indexOfSet());
        restart(cluster.node(1), NEW);
        assertEquals(before + 6, indexOfSet());
        restart(cluster.node(1), NEW);
        assertEquals(before + 8, indexOfSet());
    }

    /** It takes one index, and so does each publication. */
    private long indexOfSet() {
        return cluster.answer(cluster.leader(), cluster.leader().set("/k", "v")).storeIndex();
    }

    @Test
    void shouldSendSnapshotsThatOlderMembersCanRead() {
        cluster = new TestCluster(directory, 3, context -> small(OLD.apply(context)));
        cluster.leader();
        cluster.run(1000);
        for (long id = 1; id <= 2; id++) {
            cluster.node(id).stop();
            cluster.settings = context -> small(NEW.apply(context));
            cluster.node(id).start();
            cluster.leader();
            cluster.run(1000);
        }
        cluster.node(3).stop();
        cluster.fill(cluster.leader(), 500);
        cluster.settings = context -> small(OLD.apply(context));
        cluster.node(3).start();
        cluster.settle();
        assertEquals("v400" + 99, cluster.node(3).get("/k/9").value());
    }

    private static EngineContext small(final EngineContext context) {
        return context.snapshotCount(50).trailingEntries(10);
    }

    /** It has told nobody yet what it understands. */
    @Test
    void shouldGoOnWhileAMemberThatWasAddedHasNotStarted() {
        cluster = new TestCluster(directory, 1, NEW);
        final TestCluster.Node leader = cluster.leader();
        cluster.run(1000);
        assertEquals(1, added(leader, 1));
        final List<?> answers =
                leader.edge.change(Query.MemberChange.Op.ADD, 0, TestCluster.peerUrls(2));
        cluster.await("the member is added", () -> !answers.isEmpty());
        assertEquals(3, added(leader, 2));
    }

    @Test
    void shouldStopInFrontOfWhatItDoesNotKnowAndGoOnWithANewerBuild() {
        cluster = new TestCluster(directory, 1, NEW);
        final TestCluster.Node node = cluster.leader();
        cluster.run(1000);
        final long before = lastSet(node);
        node.assertAnsweredOnce(before);
        assertEquals(6, added(node, 6));
        node.stop();
        cluster.settings = OLD;
        UnknownCommandException refusal = null;
        try {
            node.start();
        } catch (final UnknownCommandException e) {
            refusal = e;
        }
        assertInstanceOf(UnknownCommandException.class, refusal);
        assertTrue(
                refusal.getMessage().contains("level " + FeatureLevel.CURRENT)
                        && refusal.getMessage().contains("has " + CounterApplication.FEATURE_LEVEL),
                refusal::getMessage);
        cluster.settings = NEW;
        node.start();
        cluster.leader();
        assertEquals(6, localSum(node));
        assertEquals("v", node.get("/k").value());
        assertEquals(7, added(node, 1));
    }

    private void upgrade(final TestCluster.Node node) {
        restart(node, NEW);
    }

    private void restart(final TestCluster.Node node, final UnaryOperator<EngineContext> settings) {
        node.stop();
        cluster.settings = settings;
        node.start();
        cluster.leader();
        cluster.run(1000);
        cluster.settle();
    }
}
