package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.ErrorCode;
import io.larch.engine.raft.MessageType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients of a cluster are told, whatever becomes of leaders and messages. */
class ClusterTest {
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
    void shouldGiveTheFirstWriteOfThreeMembersTheIndexThatEtcdGivesIt() {
        start(3).leader();
        cluster.run(1000);

        final TestCluster.Node follower = cluster.follower();
        final TestEdge.Answer reply = cluster.answer(follower, follower.set("/a", "1"));

        assertEquals(8, reply.storeIndex());
        cluster.settle();
        for (final TestCluster.Node node : cluster.up()) {
            assertEquals("1", node.get("/a").value());
            assertEquals(3, node.cluster().members().size());
            assertEquals("m1", node.cluster().members().get(0).name());
            assertEquals("2.3.0", node.cluster().version());
        }
    }

    @Test
    void shouldAnswerWritesAndQuorumReadsOnEveryMember() {
        start(5).leader();
        for (final TestCluster.Node node : cluster.up()) {
            cluster.answer(node, node.set("/k" + node.id, "v" + node.id));
        }
        for (final TestCluster.Node node : cluster.up()) {
            for (long id = 1; id <= 5; id++) {
                assertEquals("v" + id, cluster.answer(node, node.quorumGet("/k" + id)).value());
            }
        }
    }

    @Test
    void shouldAnswerAFollowersWriteWithoutLettingTimePass() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node follower = cluster.follower();

        final long request = follower.set("/a", "1");
        cluster.work();

        follower.assertAnsweredOnce(request);
    }

    @Test
    void shouldAnswerOnceWhatWasAskedAroundTheEndOfALeader() {
        start(5).leader();
        cluster.run(500);
        final TestCluster.Node leader = cluster.leader();
        final Map<TestCluster.Node, List<Long>> writes = new HashMap<>();
        final Map<TestCluster.Node, List<Long>> reads = new HashMap<>();
        for (final TestCluster.Node node : cluster.up()) {
            if (node != leader) {
                writes.put(node, new ArrayList<>());
                reads.put(node, new ArrayList<>());
            }
        }
        final int perNode = 30;
        for (int i = 0; i < perNode; i++) {
            writes.forEach((node, list) -> list.add(node.post("/q", "x")));
            reads.forEach((node, list) -> list.add(node.quorumGet("/")));
            if (i == perNode / 3) {
                // Some are in the leader's log, some on their way to it, some on their way back.
                writes.keySet().forEach(TestCluster.Node::turn);
                leader.turn();
                leader.kill();
            }
        }

        cluster.await(
                "all answers",
                () ->
                        writes.entrySet().stream()
                                .allMatch(
                                        e ->
                                                e.getValue().stream()
                                                        .noneMatch(
                                                                r ->
                                                                        e.getKey()
                                                                                .edge
                                                                                .answersTo(r)
                                                                                .isEmpty())));
        cluster.settle();

        writes.forEach((node, list) -> list.forEach(r -> node.assertAnsweredOnce(r)));
        reads.forEach((node, list) -> list.forEach(r -> node.assertAnsweredOnce(r)));
        for (final TestCluster.Node node : cluster.up()) {
            assertEquals(4 * perNode, node.creations());
        }
    }

    @Test
    void shouldKeepRequestsForTheLeaderThatIsYetToCome() {
        start(3);
        final TestCluster.Node node = cluster.node(2);
        final long write = node.set("/a", "1");
        final long read = node.quorumGet("/none");
        cluster.work();
        assertTrue(node.edge.answersTo(write).isEmpty());

        cluster.leader();
        cluster.settle();

        node.assertAnsweredOnce(write);
        assertEquals(ErrorCode.KEY_NOT_FOUND.code(), cluster.answer(node, read).errorCode());
    }

    @Test
    void shouldTellRequestsWhyTheyTimedOut() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node leader = cluster.leader();
        final TestCluster.Node lonely = cluster.follower();
        cluster.network.isolate(lonely.place);
        final long write = lonely.set("/a", "1");
        final long read = lonely.quorumGet("/a");
        final long before = cluster.clock.nanoTime();

        final TestEdge.Answer reply = cluster.answer(lonely, write);

        assertEquals(7_000, (cluster.clock.nanoTime() - before) / TestCluster.MILLISECOND, 30);
        assertEquals(ErrorCode.RAFT_INTERNAL.code(), reply.errorCode());
        assertEquals("etcdserver: request timed out", reply.cause());
        assertEquals("etcdserver: request timed out", cluster.answer(lonely, read).cause());

        cluster.nodes.values().stream().filter(n -> n != leader).forEach(n -> n.kill());
        final long second = leader.set("/b", "1");
        assertEquals(
                "etcdserver: request timed out, possibly due to connection lost",
                cluster.answer(leader, second).cause());
    }

    @Test
    void shouldAnswerRequestsOfAPartitionedLeaderWhenItIsBackInTime() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node old = cluster.leader();
        cluster.network.isolate(old.place);
        final long write = old.post("/q", "old");
        final long read = old.quorumGet("/a");
        final TestCluster.Node other =
                cluster.up().stream().filter(n -> n != old).findFirst().get();
        final long newer = other.set("/a", "new");
        cluster.answer(other, newer);
        assertTrue(old.edge.answersTo(write).isEmpty());
        assertTrue(old.edge.answersTo(read).isEmpty());

        cluster.network.heal();
        cluster.answer(old, write);
        cluster.answer(old, read);
        cluster.settle();

        old.assertAnsweredOnce(write);
        assertEquals("new", cluster.answer(old, read).value());
        assertEquals(1, other.creations());
    }

    @Test
    void shouldNeverAnswerARequestByAnEntryThatTookItsPlace() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node old = cluster.leader();
        cluster.network.isolate(old.place);
        // The same Raft indexes get other entries under the next leader.
        final List<Long> requests = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            requests.add(old.set("/mine" + i, "mine"));
        }
        cluster.work();
        final TestCluster.Node other =
                cluster.up().stream().filter(n -> n != old).findFirst().get();
        for (int i = 0; i < 10; i++) {
            cluster.answer(other, other.set("/other" + i, "other"));
        }
        cluster.network.heal();
        cluster.settle();

        for (int i = 0; i < 5; i++) {
            final TestEdge.Answer reply = cluster.answer(old, requests.get(i));
            assertEquals("mine", reply.value());
            old.assertAnsweredOnce(requests.get(i));
        }
    }

    @Test
    void shouldTakeEffectOnceWhateverTheNetworkDoes() {
        start(3).leader();
        cluster.run(500);
        cluster.network.lossPercent = 10;
        cluster.network.repeatPercent = 20;
        cluster.network.reorderPercent = 20;
        final Map<Long, TestCluster.Node> requests = new HashMap<>();
        final int rounds = 100;
        int asked = 0;
        int unknown = 0;
        for (int i = 0; i < rounds; i++) {
            for (final TestCluster.Node node : cluster.up()) {
                requests.put(node.post("/q", "x") << 8 | node.id, node);
                asked++;
            }
            cluster.step();
            if (i % 30 == 29) {
                final TestCluster.Node victim = cluster.leader();
                unknown +=
                        (int)
                                requests.entrySet().stream()
                                        .filter(e -> e.getValue() == victim)
                                        .filter(
                                                e ->
                                                        victim.edge
                                                                .answersTo(e.getKey() >>> 8)
                                                                .isEmpty())
                                        .count();
                requests.values().removeIf(n -> n == victim);
                victim.kill();
                cluster.run(100);
                victim.start();
            }
        }
        cluster.network.lossPercent = 0;
        cluster.network.repeatPercent = 0;
        cluster.network.reorderPercent = 0;
        cluster.run(8000);
        cluster.settle();

        requests.forEach((request, node) -> node.assertAnsweredOnce(request >>> 8));
        final long created = cluster.node(1).creations();
        assertTrue(created <= asked, created + " of " + asked);
        assertTrue(created >= asked - unknown, created + " of " + asked + " less " + unknown);
        for (final TestCluster.Node node : cluster.up()) {
            assertEquals(created, node.creations());
        }
    }

    @Test
    void shouldProposeAgainWhatTheNetworkLostOnItsWayToTheLeader() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node follower = cluster.follower();
        cluster.network.lost = message -> message.type() == MessageType.FORWARD;
        final long request = follower.post("/q", "1");
        cluster.run(100);
        cluster.network.lost = null;

        cluster.answer(follower, request);

        follower.assertAnsweredOnce(request);
        assertEquals(1, follower.creations());
    }

    @Test
    void shouldNotWaitForAnotherTickThanItsOwn() {
        start(1).leader();
        final TestCluster.Node alone = cluster.node(1);
        cluster.work();

        // Nothing but the next SYNC wakes the only member.
        final long waitNanos = alone.member.nextDeadlineNanos() - cluster.clock.nanoTime();
        assertTrue(waitNanos > 100 * TestCluster.MILLISECOND, () -> "waits " + waitNanos);
        assertFalse(alone.member.turn() > 0);
    }
}
