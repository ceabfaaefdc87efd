package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandType;
import io.larch.engine.port.Query;
import io.larch.engine.port.Query.MemberChange.Op;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.QueryViews.ChangeOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of the membership asked of a whole engine of one member, and its statistics. */
class MemberChangeTest {
    private static final long SECOND = 1_000_000_000L;
    private static final List<String> NEW_URL = List.of("http://127.0.0.1:23801");

    @TempDir Path directory;

    private final AtomicLong nanoTime = new AtomicLong(SECOND);
    private final AtomicLong epochNanos = new AtomicLong(1_700_000_000L * SECOND);
    private final TestEdge edge = new TestEdge();
    private final List<QueryViews.MemberChanged> ends = new ArrayList<>();
    private Engine engine;

    @AfterEach
    void stop() {
        engine.close();
    }

    private void start(final boolean strictReconfigCheck) {
        engine =
                Engine.launch(
                        new EngineContext()
                                .memberId(0xA1)
                                .clusterId(0xC1)
                                .name("one")
                                .peerUrls(List.of("http://127.0.0.1:2380"))
                                .clientUrls(List.of("http://127.0.0.1:2379"))
                                .memberDir(directory.resolve("member"))
                                .strictReconfigCheck(strictReconfigCheck)
                                .epochNanos(epochNanos::get)
                                .nanoTime(nanoTime::get),
                        () -> {});
        edge.port(engine.openPort(edge));
    }

    @Test
    void shouldAddAMemberWithoutStoppingWrites() {
        start(true);
        final long index = set().storeIndex();

        final QueryViews.MemberChanged added = change(Op.ADD, 0, NEW_URL);

        assertEquals(ChangeOutcome.DONE, added.outcome());
        assertEquals("", added.member().name());
        assertEquals(NEW_URL, added.member().peerUrls());
        assertEquals(List.of(), added.member().clientUrls());
        assertEquals(
                io.larch.engine.member.MemberIds.addedMemberId(NEW_URL, 1_700_000_000L),
                added.member().id());
        // The new one learns before it counts, so the cluster goes on without it.
        assertEquals(index + 2, set().storeIndex());
        assertEquals(2, cluster().members().size());
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        start(false);
        final long index = set().storeIndex();
        final long own = 0xA1;

        assertEquals(ChangeOutcome.ID_NOT_FOUND, change(Op.REMOVE, 0xBAD, List.of()).outcome());
        assertEquals(ChangeOutcome.ID_NOT_FOUND, change(Op.UPDATE, 0xBAD, NEW_URL).outcome());
        assertEquals(
                ChangeOutcome.PEER_URL_EXISTS,
                change(Op.ADD, 0, List.of("http://127.0.0.1:2380")).outcome());
        assertEquals(ChangeOutcome.LAST_MEMBER, change(Op.REMOVE, own, List.of()).outcome());
        assertNull(ends.get(0).member());
        assertEquals(index + 1, set().storeIndex());
    }

    @Test
    void shouldNeverTakeBackAnIdThatWasRemoved() {
        start(false);
        final long id = change(Op.ADD, 0, NEW_URL).member().id();
        final long index = set().storeIndex();

        assertEquals(ChangeOutcome.DONE, change(Op.REMOVE, id, List.of()).outcome());
        assertEquals(index + 3, set().storeIndex());

        assertEquals(ChangeOutcome.ID_REMOVED, change(Op.REMOVE, id, List.of()).outcome());
        assertEquals(ChangeOutcome.ID_REMOVED, change(Op.UPDATE, id, NEW_URL).outcome());
        // Of the same second, so of the same id.
        assertEquals(ChangeOutcome.ID_REMOVED, change(Op.ADD, 0, NEW_URL).outcome());
        epochNanos.addAndGet(SECOND);
        assertEquals(ChangeOutcome.DONE, change(Op.ADD, 0, NEW_URL).outcome());
    }

    @Test
    void shouldKeepTheMembershipOverARestart() {
        start(false);
        final long kept = change(Op.ADD, 0, NEW_URL).member().id();
        final long removed = change(Op.ADD, 0, List.of("http://127.0.0.1:23802")).member().id();
        change(Op.REMOVE, removed, List.of());
        change(Op.UPDATE, kept, List.of("http://127.0.0.1:23803"));
        final QueryViews.Cluster before = cluster();

        engine.close();
        start(false);

        assertEquals(before.members(), cluster().members());
        assertEquals(ChangeOutcome.ID_REMOVED, change(Op.REMOVE, removed, List.of()).outcome());
    }

    @Test
    void shouldUpdateAMembersUrls() {
        start(true);
        final List<String> moved = List.of("http://127.0.0.1:2380", "http://localhost:2380");

        assertEquals(ChangeOutcome.DONE, change(Op.UPDATE, 0xA1, moved).outcome());

        assertEquals(moved, cluster().members().get(0).peerUrls());
        assertEquals("one", cluster().members().get(0).name());
    }

    @Test
    void shouldKeepEnoughStartedMembersWhenStrict() {
        start(true);
        set();
        assertEquals(ChangeOutcome.LAST_MEMBER, change(Op.REMOVE, 0xA1, List.of()).outcome());
        final long id = change(Op.ADD, 0, NEW_URL).member().id();
        assertEquals(
                ChangeOutcome.NOT_ENOUGH_STARTED,
                change(Op.ADD, 0, List.of("http://127.0.0.1:23802")).outcome());
        assertEquals(ChangeOutcome.DONE, change(Op.REMOVE, id, List.of()).outcome());
    }

    @Test
    void shouldMakeSeveralChangesOneAfterAnother() {
        start(false);
        for (int i = 1; i <= 8; i++) {
            ask(Op.ADD, 0, List.of("http://127.0.0.1:" + (23_800 + i)));
        }
        ask(Op.ADD, 0, List.of("http://127.0.0.1:23800"));
        settle();

        assertEquals(9, ends.size());
        for (int i = 0; i < 8; i++) {
            assertEquals(ChangeOutcome.DONE, ends.get(i).outcome());
        }
        assertEquals(ChangeOutcome.TOO_MANY_MEMBERS, ends.get(8).outcome());
        assertEquals(9, cluster().members().size());
    }

    @Test
    void shouldTellWhoeverWaitsWhenItStops() {
        start(false);
        ask(Op.ADD, 0, NEW_URL);
        engine.close();

        assertEquals(1, ends.size());
        assertEquals(ChangeOutcome.STOPPED, ends.get(0).outcome());
        start(false);
    }

    @Test
    void shouldCountEachWriteInEachStage() {
        start(false);
        set();
        set();
        edge.ask(Query.Kind.STAGE_LATENCY_AND_RESET, QueryViews.StageLatencies.class);
        set();
        nanoTime.addAndGet(SECOND);

        final QueryViews.StageLatencies stages =
                edge.ask(Query.Kind.STAGE_LATENCY, QueryViews.StageLatencies.class);
        assertEquals(
                List.of("edge", "queue", "append", "fsync", "replicate", "apply", "reply"),
                List.copyOf(stages.stages().keySet()));
        stages.stages()
                .forEach(
                        (stage, latency) -> {
                            assertEquals(3, latency.total().count(), stage);
                            assertEquals(1, latency.interval().count(), stage);
                        });
        assertEquals(SECOND, stages.intervalNanos());
    }

    @Test
    void shouldShowFiguresForMetrics() {
        start(false);
        set();
        final QueryViews.Metrics metrics = edge.ask(Query.Kind.METRICS, QueryViews.Metrics.class);

        assertTrue(metrics.isLeader() && metrics.hasLeader() && metrics.isHealthy());
        assertEquals(1, metrics.leaderChanges());
        assertEquals(metrics.commitIndex(), metrics.appliedIndex());
        assertEquals(1, metrics.store().setsSuccess());
        assertTrue(metrics.walSyncs().counts().get(0) > 0);
        assertEquals(1, metrics.stages().get("reply").count());
        final QueryViews.Raft raft = edge.ask(Query.Kind.RAFT, QueryViews.Raft.class);
        assertEquals("StateLeader", raft.role());
    }

    @Test
    void shouldShowNoFollowersOfAClusterOfOne() {
        start(false);
        assertEquals(0, edge.ask(Query.Kind.LEADER, QueryViews.Leader.class).followers().size());
        assertEquals(
                0,
                edge.ask(Query.Kind.FOLLOWER_LATENCY, QueryViews.FollowerLatencies.class)
                        .followers()
                        .size());
    }

    private QueryViews.MemberChanged change(
            final Op op, final long id, final List<String> peerUrls) {
        final int before = ends.size();
        ask(op, id, peerUrls);
        settle();
        assertEquals(before + 1, ends.size(), "a change is answered once");
        return ends.get(before);
    }

    private void ask(final Op op, final long id, final List<String> peerUrls) {
        edge.ask(new ChangeQuery(new Query.MemberChange(op, id, peerUrls), ends::add));
    }

    /** Turns until nothing happens any more, and a moment passes between them. */
    private void settle() {
        for (int i = 0; i < 100; i++) {
            nanoTime.addAndGet(SECOND / 1_000);
            engine.doWork();
        }
    }

    private TestEdge.Answer set() {
        edge.offer(CommandType.SET, 0, "/a", "1", 0);
        engine.doWork();
        return edge.last();
    }

    private QueryViews.Cluster cluster() {
        return edge.ask(Query.Kind.CLUSTER, QueryViews.Cluster.class);
    }
}
