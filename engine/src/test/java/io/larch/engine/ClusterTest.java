package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandFlyweight;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.raft.MessageType;
import io.larch.engine.raft.RaftMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterTest {
    @TempDir Path directory;

    private TestCluster cluster;

    private TestCluster start(final int size) {
        return start(size, UnaryOperator.identity());
    }

    private TestCluster start(final int size, final UnaryOperator<EngineContext> settings) {
        cluster = new TestCluster(directory, size, settings);
        return cluster;
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private static long creations(final TestCluster.Node node) {
        return node.edge.ask(AdminQuery.Kind.STORE, AdminViews.StoreCounts.class).createSuccess();
    }

    private void assertAnsweredOnce(final TestCluster.Node node, final long request) {
        final List<TestEdge.Reply> replies = node.edge.repliesTo(request);
        assertEquals(1, replies.size(), () -> "answers to " + request);
        assertEquals(0, replies.get(0).errorCode(), () -> replies.get(0).cause());
    }

    @Test
    void shouldGiveTheFirstWriteOfThreeMembersTheIndexThatEtcdGivesIt() {
        start(3).leader();
        cluster.run(1000);

        final TestCluster.Node follower = cluster.follower();
        final TestEdge.Reply reply = cluster.answer(follower, follower.set("/a", "1"));

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

        assertAnsweredOnce(follower, request);
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
                                                                                .repliesTo(r)
                                                                                .isEmpty())));
        cluster.settle();

        writes.forEach((node, list) -> list.forEach(r -> assertAnsweredOnce(node, r)));
        reads.forEach((node, list) -> list.forEach(r -> assertAnsweredOnce(node, r)));
        for (final TestCluster.Node node : cluster.up()) {
            assertEquals(4 * perNode, creations(node));
        }
    }

    @Test
    void shouldKeepRequestsForTheLeaderThatIsYetToCome() {
        start(3);
        final TestCluster.Node node = cluster.node(2);
        final long write = node.set("/a", "1");
        final long read = node.quorumGet("/none");
        cluster.work();
        assertTrue(node.edge.repliesTo(write).isEmpty());

        cluster.leader();
        cluster.settle();

        assertAnsweredOnce(node, write);
        assertEquals(ErrorCode.KEY_NOT_FOUND.code(), cluster.answer(node, read).errorCode());
    }

    @Test
    void shouldTellRequestsWhyTheyTimedOut() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node leader = cluster.leader();
        final TestCluster.Node lonely = cluster.follower();
        cluster.network.isolate(lonely.id, cluster.nodes.keySet());
        final long write = lonely.set("/a", "1");
        final long read = lonely.quorumGet("/a");
        final long before = cluster.nowNanos;

        final TestEdge.Reply reply = cluster.answer(lonely, write);

        assertEquals(7_000, (cluster.nowNanos - before) / TestCluster.MILLISECOND, 30);
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
        cluster.network.isolate(old.id, cluster.nodes.keySet());
        final long write = old.post("/q", "old");
        final long read = old.quorumGet("/a");
        final TestCluster.Node other =
                cluster.up().stream().filter(n -> n != old).findFirst().get();
        final long newer = other.set("/a", "new");
        cluster.answer(other, newer);
        assertTrue(old.edge.repliesTo(write).isEmpty());
        assertTrue(old.edge.repliesTo(read).isEmpty());

        cluster.network.heal();
        cluster.answer(old, write);
        cluster.answer(old, read);
        cluster.settle();

        assertAnsweredOnce(old, write);
        assertEquals("new", cluster.answer(old, read).value());
        assertEquals(1, creations(other));
    }

    @Test
    void shouldNeverAnswerARequestByAnEntryThatTookItsPlace() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node old = cluster.leader();
        cluster.network.isolate(old.id, cluster.nodes.keySet());
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
            final TestEdge.Reply reply = cluster.answer(old, requests.get(i));
            assertEquals("mine", reply.value());
            assertAnsweredOnce(old, requests.get(i));
        }
    }

    @Test
    void shouldRestartEachMemberAndKeepEverything() {
        start(3).leader();
        for (long id = 1; id <= 3; id++) {
            final TestCluster.Node node = cluster.node(id);
            cluster.answer(node, node.set("/before" + id, "x"));
            cluster.settle();
            node.kill();
            final TestCluster.Node other = cluster.node(id % 3 + 1);
            cluster.answer(other, other.set("/without" + id, "x"));
            node.start();
            cluster.settle();
        }
        for (final TestCluster.Node node : cluster.up()) {
            for (long id = 1; id <= 3; id++) {
                assertEquals("x", node.get("/before" + id).value());
                assertEquals("x", node.get("/without" + id).value());
            }
        }
    }

    @Test
    void shouldComeBackAfterAllWereKilledAtOnce() {
        start(3).leader();
        cluster.run(500);
        cluster.answer(cluster.node(1), cluster.node(1).set("/a", "1"));
        cluster.nodes.values().forEach(TestCluster.Node::kill);

        cluster.nodes.values().forEach(TestCluster.Node::start);
        final TestCluster.Node leader = cluster.leader();

        assertEquals("1", cluster.answer(leader, leader.quorumGet("/a")).value());
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
                                                                .repliesTo(e.getKey() >>> 8)
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

        requests.forEach((request, node) -> assertAnsweredOnce(node, request >>> 8));
        final long created = creations(cluster.node(1));
        assertTrue(created <= asked, created + " of " + asked);
        assertTrue(created >= asked - unknown, created + " of " + asked + " less " + unknown);
        for (final TestCluster.Node node : cluster.up()) {
            assertEquals(created, creations(node));
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

        assertAnsweredOnce(follower, request);
        assertEquals(1, creations(follower));
    }

    @Test
    void shouldSendASnapshotToAFollowerThatIsFarBehindAndTellItsWatchers() {
        start(3, context -> context.snapshotCount(100).trailingEntries(100));
        cluster.leader();
        cluster.run(500);
        final TestCluster.Node behind = cluster.follower();
        behind.offer(CommandType.WATCH, CommandFlyweight.RECURSIVE, "/", "");
        final long poll = behind.edge.lastId();
        behind.offer(
                CommandType.WATCH, CommandFlyweight.RECURSIVE | CommandFlyweight.STREAM, "/k", "");
        final long stream = behind.edge.lastId();
        cluster.network.isolate(behind.id, cluster.nodes.keySet());
        final TestCluster.Node writer =
                cluster.up().stream().filter(n -> n != behind).findFirst().get();
        // Until the leader takes it for dead, the log is kept for it.
        cluster.run(2500);
        fill(writer, 600);
        final long lost = behind.post("/lost", "x");

        cluster.network.heal();
        cluster.settle();

        assertTrue(behind.edge.isEnded(poll));
        assertTrue(behind.edge.isEnded(stream));
        assertEquals(List.of(), behind.edge.actions(stream));
        assertEquals(writer.get("/k/7").value(), behind.get("/k/7").value());
        assertEquals(writer.get("/").storeIndex(), behind.get("/").storeIndex());
        cluster.answer(behind, lost);
        assertEquals(1, behind.edge.repliesTo(lost).size());

        // What was installed is there after a restart, and the log goes on behind it.
        behind.kill();
        fill(writer, 10);
        behind.start();
        cluster.settle();
        assertEquals(writer.get("/k/7").value(), behind.get("/k/7").value());
    }

    private void fill(final TestCluster.Node writer, final int count) {
        for (int done = 0; done < count; done += 100) {
            long last = 0;
            for (int i = 0; i < 100; i++) {
                last = writer.set("/k/" + i % 10, "v" + done + i);
            }
            cluster.answer(writer, last);
        }
        cluster.run(50);
    }

    @Test
    void shouldRemoveAFollowerThatThenStopsAndRefusesToStartAgain() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node removed = cluster.follower();
        final TestCluster.Node leader = cluster.leader();

        final List<AdminViews.MemberChanged> answers =
                leader.edge.change(AdminQuery.MemberChange.Op.REMOVE, removed.id, List.of());
        cluster.await("the answer", () -> !answers.isEmpty());
        assertEquals(AdminViews.ChangeOutcome.DONE, answers.get(0).outcome());
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

        final List<AdminViews.MemberChanged> answers =
                asked.edge.change(AdminQuery.MemberChange.Op.REMOVE, removed.id, List.of());
        final long write = asked.set("/a", "1");
        cluster.await("the answer", () -> !answers.isEmpty());
        cluster.await("the removed member stops", () -> !removed.isUp());

        assertInstanceOf(MemberRemovedException.class, removed.failure);
        cluster.nodes.remove(removed.id);
        cluster.answer(asked, write);
        assertAnsweredOnce(asked, write);
        assertNotEquals(removed.id, cluster.leader().id);
    }

    @Test
    void shouldTellAMemberThatWasRemovedWhileItWasAway() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node removed = cluster.follower();
        removed.kill();
        final TestCluster.Node leader = cluster.leader();
        final List<AdminViews.MemberChanged> answers =
                leader.edge.change(AdminQuery.MemberChange.Op.REMOVE, removed.id, List.of());
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
                () -> cluster.up().stream().noneMatch(n -> n.wire.peers.contains(removed.id)));

        removed.start();
        cluster.await("the removed member stops", () -> !removed.isUp());

        assertInstanceOf(MemberRemovedException.class, removed.failure);
        cluster.nodes.remove(removed.id);
    }

    private void remove(final TestCluster.Node asked, final long id) {
        final List<AdminViews.MemberChanged> answers =
                asked.edge.change(AdminQuery.MemberChange.Op.REMOVE, id, List.of());
        cluster.await("the answer", () -> !answers.isEmpty());
        assertEquals(AdminViews.ChangeOutcome.DONE, answers.get(0).outcome());
    }

    /** Adds a member, starts it, and waits until the others count on it. */
    private TestCluster.Node grow(final TestCluster.Node asked, final int place) {
        final List<AdminViews.MemberChanged> answers =
                asked.edge.change(AdminQuery.MemberChange.Op.ADD, 0, TestCluster.peerUrls(place));
        cluster.await("the answer", () -> !answers.isEmpty());
        assertEquals(AdminViews.ChangeOutcome.DONE, answers.get(0).outcome());
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
        assertFalse(away.wire.peers.contains(newer.id));
        cluster.settle();

        assertTrue(newer.isLeader());
        assertEquals("1", away.get("/after").value());
        assertEquals(5, away.cluster().members().size());
        // What is known now needs no word of the others.
        assertEquals(TestCluster.peerUrls(4), away.wire.urlsOf(newer.id));
        cluster.run(40_000);
        assertTrue(away.wire.peers.contains(newer.id));
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
            node.wire.hellos.put(1000 + id, List.of("http://127.0.0.1:" + (1000 + id)));
        }
        node.wire.hellos.put(1L, List.of("http://127.0.0.1:9999"));
        cluster.run(100);

        assertEquals(2 + Peers.MAX_OUTSIDERS, node.wire.peers.size());
        assertFalse(node.wire.peers.contains(1));
        cluster.run(31_000);
        assertEquals(2, node.wire.peers.size());
        cluster.settle();
    }

    @Test
    void shouldFollowAMemberToUrlsThatItHasNotHeardOf() {
        start(3).leader();
        cluster.run(500);
        final TestCluster.Node node = cluster.node(1);
        final List<String> elsewhere = List.of("http://127.0.0.1:9999");

        node.wire.hellos.put(2L, elsewhere);
        cluster.run(100);

        assertEquals(elsewhere, node.wire.urlsOf(2));
        cluster.run(40_000);
        assertTrue(node.wire.peers.contains(2));
    }

    @Test
    void shouldLetAMemberJoinAndMakeItAVoter() {
        start(1).leader();
        final TestCluster.Node first = cluster.node(1);
        cluster.answer(first, first.set("/a", "1"));
        final List<AdminViews.MemberChanged> answers =
                first.edge.change(AdminQuery.MemberChange.Op.ADD, 0, TestCluster.peerUrls(2));
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
        assertTrue(joined.edge.repliesTo(alone).isEmpty(), "one of two voters answered alone");
        first.start();
        cluster.answer(joined, alone);
        assertAnsweredOnce(joined, alone);
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

    /**
     * Ends the process of a member that takes a snapshot at each of its renames and writes in turn;
     * each time it must come back with its old state or the new one, and catch up.
     */
    @Test
    void shouldSurviveAnEndAnywhereInTheInstallationOfASnapshot() {
        start(3, context -> context.snapshotCount(50).trailingEntries(10));
        cluster.leader();
        cluster.run(500);
        final TestCluster.Node behind = cluster.follower();
        final TestCluster.Node writer =
                cluster.up().stream().filter(n -> n != behind).findFirst().get();
        int crashes = 0;
        for (int point = 0; point < 12; point++) {
            behind.kill();
            cluster.run(2500);
            fill(writer, 200);
            behind.start();
            behind.snapFiles.renamesUntilCrash = point % 3 == 0 ? point / 3 : -1;
            behind.snapFiles.writesUntilCrash = point % 3 == 1 ? point / 3 * 2 : -1;
            behind.walFiles.writesUntilCrash = point % 3 == 2 ? point / 3 + 3 : -1;
            cluster.run(3000);
            if (!behind.isUp()) {
                crashes++;
                behind.start();
            }
            behind.snapFiles.renamesUntilCrash = -1;
            behind.snapFiles.writesUntilCrash = -1;
            behind.walFiles.writesUntilCrash = -1;
            cluster.settle();
            assertEquals(writer.get("/k/7").value(), behind.get("/k/7").value());
            assertEquals(writer.get("/").storeIndex(), behind.get("/").storeIndex());
        }
        assertTrue(crashes > 3, () -> "the points were not met");
    }

    @Test
    void shouldKnowWhatWasDoneFromASnapshotAndAfterARestart() {
        start(3, context -> context.snapshotCount(20).trailingEntries(5));
        cluster.leader();
        cluster.run(500);
        final TestCluster.Node origin = cluster.follower();
        final List<RaftMessage> forwards = new ArrayList<>();
        cluster.network.lost =
                message -> {
                    if (message.type() == MessageType.FORWARD) {
                        forwards.add(copy(message));
                    }
                    return false;
                };
        final long request = origin.post("/q", "x");
        cluster.answer(origin, request);
        cluster.network.lost = null;
        assertEquals(1, forwards.size());
        fill(origin, 100);

        // Every member knows it from a snapshot now, and none from its log.
        cluster.nodes.values().forEach(TestCluster.Node::kill);
        cluster.nodes.values().forEach(TestCluster.Node::start);
        final TestCluster.Node leader = cluster.leader();
        cluster.settle();
        leader.engine.close();
        leader.engine = null;
        leader.start();
        cluster.settle();
        final TestCluster.Node taker = cluster.leader();
        final long before = taker.raft().commitIndex();
        cluster.network.inject(taker.id, forwards.get(0));
        cluster.run(200);

        assertTrue(taker.raft().commitIndex() > before, "the repetition was not proposed");
        assertEquals(1, creations(taker));
    }

    private static RaftMessage copy(final RaftMessage message) {
        final byte[] bytes = new byte[message.length()];
        message.buffer().getBytes(0, bytes);
        return new RaftMessage().wrap(new UnsafeBuffer(bytes), 0, bytes.length);
    }

    @Test
    void shouldNotWaitForAnotherTickThanItsOwn() {
        start(1).leader();
        final TestCluster.Node alone = cluster.node(1);
        cluster.work();

        // Nothing but the next SYNC wakes the only member.
        final long waitNanos = alone.engine.waitNanos(cluster.nowNanos);
        assertTrue(waitNanos > 100 * TestCluster.MILLISECOND, () -> "waits " + waitNanos);
        assertFalse(alone.engine.doWork() > 0);
    }
}
