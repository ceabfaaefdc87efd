package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.raft.MessageType;
import io.larch.engine.raft.RaftMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that restart and catch up, from their logs and from snapshots. */
class ClusterRecoveryTest {
    @TempDir Path directory;

    private TestCluster cluster;

    private void start(final int size, final UnaryOperator<EngineContext> settings) {
        cluster = new TestCluster(directory, size, settings);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void shouldRestartEachMemberAndKeepEverything() {
        start(3, UnaryOperator.identity());
        cluster.leader();
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
        start(3, UnaryOperator.identity());
        cluster.leader();
        cluster.run(500);
        cluster.answer(cluster.node(1), cluster.node(1).set("/a", "1"));
        cluster.nodes.values().forEach(TestCluster.Node::kill);

        cluster.nodes.values().forEach(TestCluster.Node::start);
        final TestCluster.Node leader = cluster.leader();

        assertEquals("1", cluster.answer(leader, leader.quorumGet("/a")).value());
    }

    @Test
    void shouldSendASnapshotToAFollowerThatIsFarBehindAndTellItsWatchers() {
        start(3, context -> context.snapshotCount(100).trailingEntries(100));
        cluster.leader();
        cluster.run(500);
        final TestCluster.Node behind = cluster.follower();
        behind.offer(CommandType.WATCH, KeysCommand.RECURSIVE, "/", "");
        final long poll = behind.edge.lastId();
        behind.offer(CommandType.WATCH, KeysCommand.RECURSIVE | KeysCommand.STREAM, "/k", "");
        final long stream = behind.edge.lastId();
        cluster.network.isolate(behind.place);
        final TestCluster.Node writer =
                cluster.up().stream().filter(n -> n != behind).findFirst().get();
        // Until the leader takes it for dead, the log is kept for it.
        cluster.run(2500);
        cluster.fill(writer, 600);
        final long lost = behind.post("/lost", "x");

        cluster.network.heal();
        cluster.settle();

        assertTrue(behind.edge.isEnded(poll));
        assertTrue(behind.edge.isEnded(stream));
        assertEquals(List.of(), behind.edge.actions(stream));
        assertEquals(writer.get("/k/7").value(), behind.get("/k/7").value());
        assertEquals(writer.get("/").storeIndex(), behind.get("/").storeIndex());
        cluster.answer(behind, lost);
        assertEquals(1, behind.edge.answersTo(lost).size());

        // What was installed is there after a restart, and the log goes on behind it.
        behind.kill();
        cluster.fill(writer, 10);
        behind.start();
        cluster.settle();
        assertEquals(writer.get("/k/7").value(), behind.get("/k/7").value());
    }

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
            cluster.fill(writer, 200);
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
        cluster.fill(origin, 100);

        // Every member knows it from a snapshot now, and none from its log.
        cluster.nodes.values().forEach(TestCluster.Node::kill);
        cluster.nodes.values().forEach(TestCluster.Node::start);
        final TestCluster.Node leader = cluster.leader();
        cluster.settle();
        leader.member.close();
        leader.member = null;
        leader.start();
        cluster.settle();
        final TestCluster.Node taker = cluster.leader();
        final long before = taker.raft().commitIndex();
        cluster.network.inject(taker.id, taker.transport, forwards.get(0));
        cluster.run(200);

        assertTrue(taker.raft().commitIndex() > before, "the repetition was not proposed");
        assertEquals(1, taker.creations());
    }

    private static RaftMessage copy(final RaftMessage message) {
        final byte[] bytes = new byte[message.length()];
        message.buffer().getBytes(0, bytes);
        return new RaftMessage().wrap(new UnsafeBuffer(bytes), 0, bytes.length);
    }
}
