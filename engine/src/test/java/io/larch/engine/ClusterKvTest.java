package io.larch.engine;

import static io.larch.engine.kv.ProtoMessage.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.application.ApplicationFactory;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.KvEvents;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.kv.KvApplication;
import io.larch.engine.kv.KvContext;
import io.larch.engine.kv.KvContext.CompactionMode;
import io.larch.engine.kv.ProtoMessage;
import io.larch.engine.member.FeatureLevel;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys, leases and watches of the v3 API in a cluster, whose one clock moves only when told to. */
class ClusterKvTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int LONG = 300;

    @TempDir Path directory;
    private TestCluster cluster;

    @AfterEach
    void close() {
        cluster.close();
    }

    private void start(final int members) {
        start(members, new KvContext(), UnaryOperator.identity());
    }

    private void start(
            final int members,
            final KvContext settings,
            final UnaryOperator<EngineContext> tuning) {
        cluster =
                new TestCluster(
                        directory, members, context -> tuning.apply(withKv(context, settings)));
        cluster.leader();
        cluster.run(1000);
    }

    private static EngineContext withKv(final EngineContext context, final KvContext settings) {
        final ApplicationFactory factory = KvApplication.of(settings);
        return context.applications(List.of(factory)).featureLevel(FeatureLevel.BOUNDED_SYNCS);
    }

    private TestEdge.Answer ask(
            final TestCluster.Node node, final byte type, final ProtoMessage body) {
        offer(node, type, body);
        return cluster.answer(node, node.edge.lastId());
    }

    private static void offer(
            final TestCluster.Node node, final byte type, final ProtoMessage body) {
        final byte[] bytes = body.bytes();
        final boolean isQuorum = KvCommand.isRead(type);
        node.edge.offer(
                (target, id) -> {
                    final int at =
                            KvCommand.encode(
                                    target,
                                    0,
                                    type,
                                    isQuorum ? CommandEnvelope.QUORUM : 0,
                                    id,
                                    1,
                                    bytes.length);
                    target.putBytes(at, bytes);
                    return at + bytes.length;
                });
    }

    private byte[] done(final TestCluster.Node node, final byte type, final ProtoMessage body) {
        final TestEdge.Answer answer = ask(node, type, body);
        assertEquals(0, answer.errorCode(), answer::cause);
        assertNull(KvReply.error(answer.body(), 0));
        final byte[] bytes = new byte[answer.body().capacity() - KvReply.HEAD_LENGTH];
        answer.body().getBytes(KvReply.HEAD_LENGTH, bytes);
        return bytes;
    }

    private void put(
            final TestCluster.Node node, final String key, final String value, final long lease) {
        done(node, KvCommand.PUT, message().text(1, key).text(2, value).number(3, lease));
    }

    private boolean has(final TestCluster.Node node, final String key) {
        return done(node, KvCommand.RANGE, message().text(1, key)).length > 0;
    }

    private void grant(final TestCluster.Node node, final long id, final long ttl) {
        done(node, KvCommand.LEASE_GRANT, message().number(1, ttl).number(2, id));
    }

    private static KvApplication kv(final TestCluster.Node node) {
        return node.member.kv();
    }

    @Test
    void shouldBeTheSameOnAllMembers() {
        start(3);
        put(cluster.follower(), "a", "1", 0);
        put(cluster.leader(), "b", "1", 0);
        cluster.settle();
        for (final TestCluster.Node node : cluster.up()) {
            assertEquals(3, kv(node).index());
            assertTrue(has(node, "a") && has(node, "b"));
        }
    }

    /** Long before the half second that passes between regular SYNCs. */
    @Test
    void shouldEndALeaseWithinATenthOfASecond() {
        start(3);
        for (int i = 1; i <= 5; i++) {
            grant(cluster.follower(), i, 2);
            put(cluster.follower(), "k" + i, "v", i);
            final long from = cluster.clock.nanoTime();
            cluster.await(
                    "the lease ends",
                    () -> cluster.up().stream().allMatch(node -> kv(node).leaseCount() == 0));
            final long tookMs = (cluster.clock.nanoTime() - from) / 1_000_000;
            assertTrue(tookMs >= 1900 && tookMs <= 2100, tookMs + " ms");
            cluster.run(130);
        }
        assertEquals(11, kv(cluster.leader()).index());
    }

    /** A SYNC ends so many and no more, and the next one leaves room for what clients ask. */
    @Test
    void shouldTakeWritesWhileManyLeasesEnd() {
        start(1);
        endMany(64, 100);
    }

    /** Members of before would end others than those of today. */
    @Test
    void shouldEndLeasesAsTheOldestMemberDoes() {
        start(1, new KvContext(), context -> context.featureLevel(FeatureLevel.BOUNDED_SYNCS - 1));
        endMany(2_000, 50);
    }

    private void endMany(final int first, final long mostMs) {
        final TestCluster.Node node = cluster.leader();
        final int many = 5_000;
        for (int i = 1; i <= many; i++) {
            offer(node, KvCommand.LEASE_GRANT, message().number(1, 20).number(2, i));
            if (i % 100 == 0) {
                node.turn();
            }
        }
        cluster.answer(node, node.edge.lastId());
        assertEquals(many, kv(node).leaseCount());
        cluster.await("the first ones end", () -> kv(node).leaseCount() < many);
        final long from = cluster.clock.nanoTime();
        assertEquals(many - first, kv(node).leaseCount());
        put(node, "k", "v", 0);
        assertTrue(kv(node).leaseCount() > 0, "the write has waited for all");
        cluster.await("all end", () -> kv(node).leaseCount() == 0);
        final long tookMs = (cluster.clock.nanoTime() - from) / 1_000_000;
        assertTrue(tookMs <= mostMs, tookMs + " ms");
    }

    @Test
    void shouldNotHurryWhereNothingEndsSoon() {
        start(1);
        grant(cluster.leader(), 1, 1000);
        final long before = cluster.leader().raft().appliedIndex();
        cluster.run(10_000);
        final long syncs = cluster.leader().raft().appliedIndex() - before;
        assertTrue(syncs <= 21, syncs + " entries in ten seconds");
    }

    @Test
    void shouldKeepALeaseWhileNobodyLeads() {
        start(3);
        grant(cluster.leader(), 7, 5);
        put(cluster.leader(), "a", "1", 7);
        cluster.settle();
        final List<TestCluster.Node> lost = List.of(cluster.leader(), cluster.follower());
        lost.forEach(TestCluster.Node::stop);
        cluster.run(30_000);
        lost.forEach(TestCluster.Node::start);
        cluster.leader();
        cluster.run(2_000);
        cluster.settle();
        assertTrue(has(cluster.leader(), "a"));
        cluster.run(5_000);
        cluster.settle();
        assertTrue(!has(cluster.leader(), "a"));
    }

    @Test
    void shouldComeBackFromTheLogAndFromASnapshot() {
        start(1, new KvContext(), context -> context.snapshotCount(50));
        final TestCluster.Node node = cluster.leader();
        grant(node, 7, 1000);
        put(node, "a", "1", 7);
        restart(node);
        assertTrue(has(node, "a"));
        cluster.fill(node, 200);
        put(node, "b", "1", 0);
        cluster.fill(node, 200);
        restart(node);
        assertTrue(has(node, "a") && has(node, "b"));
        assertEquals(1, kv(node).leaseCount());
        done(node, KvCommand.LEASE_REVOKE, message().number(1, 7));
        assertTrue(!has(node, "a"));
        assertEquals(4, kv(node).index());
    }

    private void restart(final TestCluster.Node node) {
        node.stop();
        node.start();
        cluster.leader();
    }

    /** etcd issue 15271: there a watch went back in time. */
    @Test
    void shouldReachAMemberBySnapshotAndEndItsWatches() {
        start(3, new KvContext(), context -> context.snapshotCount(50).trailingEntries(10));
        final TestCluster.Node away = cluster.follower();
        put(cluster.leader(), "a", "1", 0);
        cluster.settle();
        final long watch = watch(away, message().text(1, "a").number(3, 2));
        cluster.run(50);
        assertEquals(1, away.edge.told(watch).size());
        cluster.network.isolate(away.place);
        final TestCluster.Node writer =
                cluster.up().stream().filter(node -> node != away).findFirst().orElseThrow();
        // Until the leader takes it for dead, the log is kept for it.
        cluster.run(2500);
        put(writer, "a", "2", 0);
        cluster.fill(writer, 500);
        cluster.network.heal();
        cluster.await("the snapshot", () -> kv(away).index() == 3);
        assertTrue(away.edge.isEnded(watch));
        assertEquals(1, away.edge.told(watch).size());
    }

    /** etcd issue 18055: there the second of two within a short time ended the member. */
    @Test
    void shouldTakeASnapshotRightAfterAnother() {
        start(3, new KvContext(), context -> context.snapshotCount(50).trailingEntries(10));
        final TestCluster.Node away = cluster.follower();
        final TestCluster.Node writer =
                cluster.up().stream().filter(node -> node != away).findFirst().orElseThrow();
        for (int round = 1; round <= 3; round++) {
            cluster.network.isolate(away.place);
            // Until the leader takes it for dead, the log is kept for it.
            cluster.run(2500);
            put(writer, "a", "" + round, 0);
            cluster.fill(writer, 500);
            cluster.network.heal();
            final long revision = 1 + round;
            cluster.await("the snapshot", () -> kv(away).index() == revision);
        }
    }

    private static long watch(final TestCluster.Node node, final ProtoMessage body) {
        final byte[] bytes = body.bytes();
        return node.edge.watch(
                (target, id) -> {
                    final int at =
                            KvCommand.encode(target, 0, KvCommand.WATCH, 0, id, 1, bytes.length);
                    target.putBytes(at, bytes);
                    return at + bytes.length;
                });
    }

    @Test
    void shouldTellWatchesOfThePastAndOfNow() {
        start(3);
        for (int i = 0; i < LONG; i++) {
            put(cluster.leader(), "k" + i, "v", 0);
        }
        cluster.settle();
        final TestCluster.Node follower = cluster.follower();
        final long watch = watch(follower, message().text(1, "k").text(2, "l").number(3, 2));
        cluster.run(50);
        put(follower, "k", "now", 0);
        long events = 0;
        for (final byte[] each : follower.edge.told(watch)) {
            events += KvEvents.count(new UnsafeBuffer(each), 0);
        }
        assertEquals(LONG + 1, events);
    }

    @Test
    void shouldTellLongRangesInParts() {
        start(1);
        for (int i = 0; i < LONG; i++) {
            put(cluster.leader(), "k" + i, "v".repeat(2000), 0);
        }
        final TestEdge.Answer answer =
                ask(cluster.leader(), KvCommand.RANGE, message().text(1, "k").text(2, "l"));
        final int length = answer.body().capacity() - KvReply.SLICED_HEAD_LENGTH;
        assertEquals(length, KvReply.bodyLength(answer.body(), 0));
        final byte[] body = new byte[length];
        answer.body().getBytes(KvReply.SLICED_HEAD_LENGTH, body);
        assertEquals(LONG, ProtoMessage.count(body, 2));
        assertEquals(LONG, ProtoMessage.number(body, 4));
        assertEquals(LONG + 1, answer.storeIndex());
    }

    @Test
    void shouldRefuseForLackOfSpaceAndSayItToAll() {
        start(3, new KvContext().quotaBackendBytes(100_000), UnaryOperator.identity());
        final String value = "v".repeat(10_000);
        int puts = 0;
        TestEdge.Answer answer = null;
        while (answer == null || answer.errorCode() == 0) {
            answer =
                    ask(
                            cluster.leader(),
                            KvCommand.PUT,
                            message().text(1, "k" + puts++).text(2, value));
        }
        assertEquals(ErrorCode.STORE_FULL.code(), answer.errorCode());
        assertTrue(puts > 5 && puts < 15, puts + " puts");
        cluster.run(1000);
        cluster.settle();
        for (final TestCluster.Node node : cluster.up()) {
            final byte[] alarms = done(node, KvCommand.ALARM_LIST, message());
            assertEquals(1, ProtoMessage.count(alarms, 2));
        }
        done(cluster.follower(), KvCommand.DELETE_RANGE, message().text(1, "k").text(2, "l"));
        final long now = kv(cluster.leader()).index();
        done(cluster.follower(), KvCommand.COMPACT, message().number(1, now));
        cluster.run(1500);
        cluster.settle();
        for (final TestCluster.Node node : cluster.up()) {
            assertEquals(0, done(node, KvCommand.ALARM_LIST, message()).length);
            put(node, "k", value, 0);
        }
    }

    @Test
    void shouldCompactByItself() {
        start(
                3,
                new KvContext().autoCompaction(CompactionMode.PERIODIC, 10 * SECOND),
                UnaryOperator.identity());
        for (int i = 0; i < 40; i++) {
            put(cluster.leader(), "k", "v" + i, 0);
            cluster.run(1000);
        }
        cluster.settle();
        final long compacted = kv(cluster.leader()).store().compactedRevision();
        assertTrue(compacted > 10 && compacted < 40, "compacted " + compacted);
        for (final TestCluster.Node node : cluster.up()) {
            assertEquals(compacted, kv(node).store().compactedRevision());
            assertEquals(compacted, kv(node).store().sweptRevision());
        }
        final TestEdge.Answer answer =
                ask(cluster.leader(), KvCommand.RANGE, message().text(1, "k").number(4, 2));
        assertEquals(KvError.COMPACTED, KvReply.error(answer.body(), 0));
    }

    @Test
    void shouldProposeNothingThatAMemberDoesNotUnderstand() {
        cluster = new TestCluster(directory, 3, UnaryOperator.identity());
        cluster.leader();
        cluster.run(1000);
        for (int i = 1; i <= 3; i++) {
            if (i > 1) {
                final TestEdge.Answer refused =
                        ask(cluster.node(1), KvCommand.PUT, message().text(1, "a"));
                assertEquals(ErrorCode.RAFT_INTERNAL.code(), refused.errorCode());
                assertTrue(refused.cause().contains("not all members"), refused::cause);
            }
            cluster.settings = context -> withKv(context, new KvContext());
            restart(cluster.node(i));
            cluster.run(1000);
        }
        put(cluster.node(1), "a", "1", 0);
        cluster.settle();
        assertEquals(2, kv(cluster.node(3)).index());
    }
}
