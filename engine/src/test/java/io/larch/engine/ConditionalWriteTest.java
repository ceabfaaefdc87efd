package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.sim.KeyCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes that hold for one state of a key only: who is refused is not in the log. */
class ConditionalWriteTest {
    private static final int WRITERS = 16;

    @TempDir Path directory;

    private TestCluster cluster;

    private TestCluster.Node start(final int size) {
        cluster = new TestCluster(directory, size);
        final TestCluster.Node leader = cluster.leader();
        cluster.run(500);
        return leader;
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void shouldRefuseWithoutTheLog() {
        final TestCluster.Node member = start(1);
        written(member, member.set("/a", "1"));
        final long last = member.member.raft().lastIndex();

        final long swapped = swap(member, "/a", "other", "2");
        final long created = member.offer(CommandType.CREATE, 0, "/a", "2");
        final long deleted = delete(member, "/missing", "1");
        cluster.work();

        final TestEdge.Answer swap = cluster.answer(member, swapped);
        final TestEdge.Answer create = cluster.answer(member, created);
        final TestEdge.Answer delete = cluster.answer(member, deleted);
        assertEquals(ErrorCode.TEST_FAILED.code(), swap.errorCode());
        assertEquals("[other != 1]", swap.cause());
        assertEquals(ErrorCode.NODE_EXIST.code(), create.errorCode());
        assertEquals("/a", create.cause());
        assertEquals(ErrorCode.KEY_NOT_FOUND.code(), delete.errorCode());
        assertEquals("/missing", delete.cause());
        assertEquals(last, member.member.raft().lastIndex());
        final QueryViews.StoreCounts counts = counts(member);
        assertEquals(1, counts.compareAndSwapFail());
        assertEquals(1, counts.createFail());
        assertEquals(1, counts.compareAndDeleteFail());
        assertEquals(0, counts.compareAndSwapSuccess());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldLetOneOfManyIntoTheLogThatExpectTheSame(final int size) {
        final TestCluster.Node member = start(size);
        written(member, member.set("/a", "0"));
        cluster.settle();
        final long last = member.member.raft().lastIndex();

        final List<Long> swaps = new ArrayList<>();
        final List<Long> creations = new ArrayList<>();
        for (int i = 1; i <= WRITERS; i++) {
            swaps.add(swap(member, "/a", "0", Integer.toString(i)));
            creations.add(member.offer(CommandType.CREATE, 0, "/lock", Integer.toString(i)));
        }
        cluster.work();

        expectOneWinner(member, swaps, ErrorCode.TEST_FAILED);
        expectOneWinner(member, creations, ErrorCode.NODE_EXIST);
        assertEquals("1", member.get("/a").value());
        assertEquals(last + 2, member.member.raft().lastIndex());
        assertEquals(WRITERS - 1, counts(member).compareAndSwapFail());
        assertEquals(WRITERS - 1, counts(member).createFail());
    }

    @Test
    void shouldLetEachWinThatExpectsWhatIsThere() {
        final TestCluster.Node member = start(3);
        written(member, member.set("/a", "x"));

        final List<Long> same = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            same.add(swap(member, "/a", "x", "x"));
        }

        for (final long swap : same) {
            assertEquals(0, cluster.answer(member, swap).errorCode());
            member.assertAnsweredOnce(swap);
        }
    }

    @Test
    void shouldRefuseAtAFollowerWithoutTheLog() {
        final TestCluster.Node leader = start(3);
        written(leader, leader.set("/a", "1"));
        cluster.settle();
        final TestCluster.Node follower = cluster.follower();
        final long last = leader.member.raft().lastIndex();

        final long refused = swap(follower, "/a", "other", "2");
        cluster.work();

        assertEquals(ErrorCode.TEST_FAILED.code(), cluster.answer(follower, refused).errorCode());
        assertEquals(last, leader.member.raft().lastIndex());
        written(follower, swap(follower, "/a", "1", "2"));
    }

    /** What it knows may be old: the key may have by now what is expected. */
    @Test
    void shouldNotRefuseByWhatAMemberThatIsCutOffKnows() {
        final TestCluster.Node leader = start(3);
        written(leader, leader.set("/a", "1"));
        cluster.settle();
        cluster.network.isolate(leader.place);

        final long swap = swap(leader, "/a", "2", "3");
        final long create = leader.offer(CommandType.CREATE, 0, "/a", "4");
        cluster.run(100);
        assertTrue(leader.edge.answersTo(swap).isEmpty());
        cluster.run(2_000);
        final TestCluster.Node next =
                cluster.up().stream()
                        .filter(node -> node != leader && node.isLeader())
                        .findFirst()
                        .orElseThrow();
        final long set = next.set("/a", "2");
        written(next, set);
        cluster.network.heal();
        cluster.run(2_000);

        assertEquals(0, cluster.answer(leader, swap).errorCode());
        assertEquals(ErrorCode.NODE_EXIST.code(), cluster.answer(leader, create).errorCode());
        assertEquals("3", leader.get("/a").value());
        leader.assertRepliedOnce(swap);
        leader.assertRepliedOnce(create);
    }

    /** Nobody waits for longer than a request may take, whatever became of the one before it. */
    @Test
    void shouldEndInTimeWhoWaitsForOneThatIsNotDecided() {
        final TestCluster.Node leader = start(3);
        written(leader, leader.set("/a", "1"));
        cluster.settle();
        cluster.network.isolate(leader.place);

        final long first = swap(leader, "/a", "1", "2");
        cluster.run(1_000);
        final long second = swap(leader, "/a", "1", "3");
        final long gone = swap(leader, "/a", "1", "4");
        leader.edge.cancel(gone);
        cluster.run(20_000);

        for (final long swap : new long[] {first, second, gone}) {
            leader.assertRepliedOnce(swap);
            assertEquals(
                    ErrorCode.RAFT_INTERNAL.code(), leader.edge.answersTo(swap).get(0).errorCode());
        }
        cluster.network.heal();
        cluster.run(3_000);
        cluster.settle();
        assertTrue(List.of("1", "2", "3").contains(leader.get("/a").value()));
    }

    @Test
    void shouldAnswerWhoIsHeldWhenTheMemberStops() {
        final TestCluster.Node leader = start(3);
        written(leader, leader.set("/a", "1"));
        cluster.network.isolate(leader.place);
        final long first = swap(leader, "/a", "1", "2");
        final long second = swap(leader, "/a", "1", "3");
        cluster.run(10);

        leader.stop();

        leader.assertRepliedOnce(first);
        leader.assertRepliedOnce(second);
    }

    private void expectOneWinner(
            final TestCluster.Node member, final List<Long> requests, final ErrorCode refusal) {
        for (int i = 0; i < requests.size(); i++) {
            final TestEdge.Answer answer = cluster.answer(member, requests.get(i));
            assertEquals(i == 0 ? 0 : refusal.code(), answer.errorCode());
            member.assertRepliedOnce(requests.get(i));
        }
    }

    private void written(final TestCluster.Node member, final long request) {
        assertEquals(0, cluster.answer(member, request).errorCode());
    }

    private static long swap(
            final TestCluster.Node member,
            final String path,
            final String expected,
            final String value) {
        return conditional(member, CommandType.COMPARE_AND_SWAP, path, expected, value);
    }

    private static long delete(
            final TestCluster.Node member, final String path, final String expected) {
        return conditional(member, CommandType.COMPARE_AND_DELETE, path, expected, "");
    }

    private static long conditional(
            final TestCluster.Node member,
            final CommandType type,
            final String path,
            final String expected,
            final String value) {
        member.edge.offer(new KeyCommand(type, path).value(value).expected(expected).at(1));
        return member.edge.lastId();
    }

    private static QueryViews.StoreCounts counts(final TestCluster.Node member) {
        return member.edge.ask(Query.Kind.STORE, QueryViews.StoreCounts.class);
    }
}
