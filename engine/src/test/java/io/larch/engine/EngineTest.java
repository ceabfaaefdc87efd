package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.disk.Directory;
import io.larch.engine.disk.LocalDirectory;
import io.larch.engine.disk.NoRoomException;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.agrona.IoUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir Path directory;

    private final AtomicLong nanoTime = new AtomicLong();
    private final AtomicLong epochNanos = new AtomicLong(1_700_000_000L * SECOND);
    private final TestEdge edge = new TestEdge();
    private long snapshotCount = 10_000;

    /** Of snapshots that are taken by size; null: others, by workers of their own. */
    private Queue<Runnable> snapshotTasks;

    private boolean isWalSmall;
    private boolean isDiskFull;

    private Engine engine;

    @BeforeEach
    void start() {
        final EngineContext context =
                new EngineContext()
                        .memberId(0xA1)
                        .clusterId(0xC1)
                        .name("one")
                        .peerUrls(List.of("http://127.0.0.1:2380"))
                        .clientUrls(List.of("http://127.0.0.1:2379"))
                        .memberDir(directory.resolve("member"))
                        .snapshotCount(snapshotCount)
                        .maxNodes(10_000)
                        .epochNanos(epochNanos::get)
                        .nanoTime(nanoTime::get);
        if (snapshotTasks != null) {
            context.snapshotsBySize(true).snapshotExecutor(snapshotTasks::add);
        }
        if (isWalSmall) {
            context.walSegmentBytes(1 << 15)
                    .walFiles(fillable(new LocalDirectory(directory.resolve("member/wal"))));
        }
        engine = Engine.launch(context, () -> {});
        edge.port(engine.openPort(edge));
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void shouldGiveTheFirstUserWriteTheIndexThatEtcdGivesIt() {
        final TestEdge.Answer reply = set("/a", "1");

        assertTrue(reply.created());
        assertEquals(4, reply.storeIndex());
        assertEquals(5, reply.raftIndex());
        assertEquals(2, reply.raftTerm());
        assertEquals(4, EventFlyweight.storeIndex(reply.body(), 0));
    }

    @Test
    void shouldServeAfterARestartWhatWasWrittenBefore() {
        set("/a", "1");
        set("/d/e", "2");

        restart();

        assertEquals("1", get("/a").value());
        assertEquals("2", get("/d/e").value());
        // The publication at the start takes an index, as in etcd.
        assertEquals(7, set("/b", "3").storeIndex());
    }

    @Test
    void shouldAnswerAQuorumReadWithoutWritingToTheLog() {
        final long raftIndex = set("/a", "1").raftIndex();

        edge.offer(CommandType.GET, CommandEnvelope.QUORUM, "/a", "", 0);
        engine.doWork();

        assertEquals("1", edge.last().value());
        assertEquals(raftIndex, edge.last().raftIndex());
    }

    @Test
    void shouldTellAMissingKeyByEtcdsCodeAndCause() {
        final TestEdge.Answer reply = get("/none");

        assertEquals(ErrorCode.KEY_NOT_FOUND.code(), reply.errorCode());
        assertEquals("/none", reply.cause());
    }

    @Test
    void shouldTellWatchersOfAnExpiryAtTheNextSync() {
        edge.offer(CommandType.WATCH, 0, "/t", "", 0);
        final long watch = edge.lastId();
        edge.offerWithTtl("/t", "x", SECOND);
        engine.doWork();
        assertEquals(List.of("set"), edge.actions(watch));

        edge.offer(CommandType.WATCH, 0, "/t", "", 0);
        final long second = edge.lastId();
        advance(2 * SECOND);
        engine.doWork();

        assertEquals(List.of("expire"), edge.actions(second));
        assertEquals(ErrorCode.KEY_NOT_FOUND.code(), get("/t").errorCode());
    }

    @Test
    void shouldCountTtlsByTheTimeThatPassesWhateverTheWallClockSays() {
        edge.offerWithTtl("/t", "x", 10 * SECOND);
        engine.doWork();

        epochNanos.addAndGet(3_600 * SECOND);
        advance(9 * SECOND);
        engine.doWork();
        assertEquals("x", get("/t").value());

        epochNanos.addAndGet(-7_200 * SECOND);
        advance(2 * SECOND);
        engine.doWork();
        assertEquals(ErrorCode.KEY_NOT_FOUND.code(), get("/t").errorCode());
    }

    @Test
    void shouldGoOnWithTtlsAfterARestartAndShowTheWallClockAtOnce() {
        edge.offerWithTtl("/old", "x", 10 * SECOND);
        engine.doWork();
        final long shown = expiration(edge.last());
        assertEquals(epochNanos.get() + 10 * SECOND, shown);

        engine.close();
        epochNanos.addAndGet(3_600 * SECOND);
        start();

        // It has lived no longer than the member.
        assertEquals(shown + 3_600 * SECOND, expiration(get("/old")));
        edge.offerWithTtl("/new", "x", 10 * SECOND);
        engine.doWork();
        assertEquals(epochNanos.get() + 10 * SECOND, expiration(edge.last()));
        advance(11 * SECOND);
        engine.doWork();
        assertEquals(ErrorCode.KEY_NOT_FOUND.code(), get("/old").errorCode());
    }

    private static long expiration(final TestEdge.Answer reply) {
        return EventFlyweight.expirationNanos(reply.body(), EventFlyweight.HEADER_LENGTH);
    }

    @Test
    void shouldNotLetKeysThatExpireTogetherWaitForTheNextRegularSync() {
        final int count = 2_500;
        for (int i = 0; i < count; i++) {
            edge.offerWithTtl("/t/" + i, "x", SECOND);
        }
        engine.doWork();
        advance(SECOND);
        engine.doWork();
        assertEquals("x", get("/t/" + (count - 1)).value());

        int turns = 0;
        while (engine.waitNanos(nanoTime.get()) < SECOND / 4) {
            advance(Math.max(0, engine.waitNanos(nanoTime.get())));
            engine.doWork();
            turns++;
        }

        assertEquals(100, get("/t/" + (count - 1)).errorCode());
        assertTrue(turns < 10, "turns: " + turns);
    }

    @Test
    void shouldGiveBackALargeRemovalSoonAfterIt() {
        for (int i = 0; i < 5_000; i++) {
            edge.offer(CommandType.SET, 0, "/big/" + i, "x", 0);
        }
        engine.doWork();
        edge.offer(CommandType.DELETE, KeysCommand.RECURSIVE, "/big", "", 0);
        engine.doWork();
        assertEquals(100, get("/big/4999").errorCode());

        final long started = nanoTime.get();
        while (engine.waitNanos(nanoTime.get()) < SECOND / 4) {
            advance(Math.max(0, engine.waitNanos(nanoTime.get())));
            engine.doWork();
        }
        assertTrue(nanoTime.get() - started < SECOND);
        for (int i = 0; i < 9_000; i++) {
            edge.offer(CommandType.SET, 0, "/next/" + i, "x", 0);
            if (i % 100 == 99) {
                engine.doWork();
            }
        }
        assertEquals("x", get("/next/8999").value());
    }

    @Test
    void shouldTakeUpTheNextRequestOfAConnectionThatItAnswersInTheMiddleOfATurn() {
        edge.onReply = () -> edge.offer(CommandType.GET, 0, "/a", "", 0);

        edge.offer(CommandType.SET, 0, "/a", "1", 0);
        while (engine.doWork() > 0) {
            edge.onReply = () -> {};
        }

        assertEquals("1", edge.last().value());
        assertEquals("get", edge.last().action());
    }

    @Test
    void shouldAnswerAQuestionThatIsAskedInTheMiddleOfATurnWhenItIsDoneWithIt() {
        final List<QueryViews.StoreCounts> answers = new ArrayList<>();
        final List<Integer> answeredAtOnce = new ArrayList<>();
        edge.onReply =
                () -> {
                    edge.onReply = () -> {};
                    answers.addAll(edge.askLater(Query.Kind.STORE, QueryViews.StoreCounts.class));
                    answeredAtOnce.add(answers.size());
                };

        edge.offer(CommandType.SET, 0, "/a", "1", 0);
        final List<QueryViews.StoreCounts> last = new ArrayList<>();
        while (engine.doWork() > 0) {
            continue;
        }
        last.add(edge.ask(Query.Kind.STORE, QueryViews.StoreCounts.class));

        assertEquals(List.of(0), answeredAtOnce, "answered when the engine was entered twice");
        assertEquals(1, last.get(0).setsSuccess());
    }

    @Test
    void shouldRestartFromASnapshotAndTheLogBehindIt() {
        stop();
        snapshotCount = 50;
        start();
        for (int i = 0; i < 500; i++) {
            set("/k" + i % 40, "v" + i);
            engine.doWork();
        }
        settleSnapshots();
        final long index = get("/k0").storeIndex();

        restart();

        assertEquals(index + 1, get("/k0").storeIndex());
        for (int i = 460; i < 500; i++) {
            assertEquals("v" + i, get("/k" + i % 40).value());
        }
    }

    /** A large state is not written again for a few changes, before a restart or behind it. */
    @Test
    void shouldWaitWithASnapshotForLogThatIsWorthIt() throws IOException {
        stop();
        snapshotCount = 50;
        snapshotTasks = new ArrayDeque<>();
        start();
        for (int i = 0; i < 50; i++) {
            set("/large" + i, "v".repeat(8 * 1024));
        }
        final List<String> first = snapshots();
        assertEquals(1, first.size(), first::toString);

        for (int i = 0; i < 100; i++) {
            set("/small", "" + i);
        }
        assertEquals(first, snapshots());
        restart();
        for (int i = 0; i < 100; i++) {
            set("/small", "" + i);
        }
        assertEquals(first, snapshots());

        for (int i = 0; i < 650; i++) {
            set("/large" + i % 50, "w".repeat(8 * 1024));
        }
        assertEquals(first, snapshots());
        for (int i = 0; i < 120; i++) {
            set("/large" + i % 50, "x".repeat(8 * 1024));
        }
        assertEquals(2, snapshots().size(), () -> first + " and no other");
    }

    @Test
    void shouldNotWaitWithASnapshotWhereTheDiskIsFull() throws IOException {
        stop();
        snapshotCount = 50;
        snapshotTasks = new ArrayDeque<>();
        isWalSmall = true;
        // The first segment of the one before is larger.
        IoUtil.delete(directory.resolve("member").toFile(), false);
        start();
        for (int i = 0; i < 50; i++) {
            set("/large" + i, "v".repeat(8 * 1024));
        }
        assertEquals(1, snapshots().size());

        for (int i = 0; i < 50; i++) {
            set("/small", "" + i);
        }
        assertEquals(1, snapshots().size());
        isDiskFull = true;
        // Less than is waited for, and more than a segment has room for.
        for (int i = 0; i < 60; i++) {
            set("/small", "v".repeat(1024));
        }
        assertEquals(2, snapshots().size());
    }

    private Directory fillable(final Directory real) {
        return (Directory)
                Proxy.newProxyInstance(
                        Directory.class.getClassLoader(),
                        new Class<?>[] {Directory.class},
                        (proxy, method, arguments) -> {
                            if (isDiskFull && method.getName().equals("create")) {
                                throw new NoRoomException("No space left on device");
                            }
                            try {
                                return method.invoke(real, arguments);
                            } catch (final InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    /** Once all that is due is done. */
    private List<String> snapshots() throws IOException {
        do {
            for (Runnable task = snapshotTasks.poll(); task != null; task = snapshotTasks.poll()) {
                task.run();
            }
        } while (engine.doWork() > 0 || !snapshotTasks.isEmpty());
        try (Stream<Path> files = Files.list(directory.resolve("member/snap"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void shouldRefuseADirectoryThatAnotherMemberUses() {
        final EngineContext second =
                new EngineContext()
                        .memberId(0xA1)
                        .clusterId(0xC1)
                        .memberDir(directory.resolve("member"));

        assertThrows(RuntimeException.class, () -> Engine.launch(second, () -> {}));
        assertEquals(4, set("/a", "1").storeIndex());
    }

    @Test
    void shouldTellEverybodyWhoWaitsWhenItStops() {
        edge.offer(CommandType.WATCH, 0, "/w", "", 0);
        final long watch = edge.lastId();
        assertFalse(edge.isEnded(watch));

        engine.close();

        assertTrue(edge.isEnded(watch));
        start();
    }

    @Test
    void shouldShowMembershipAsPublished() {
        final QueryViews.Cluster cluster = edge.ask(Query.Kind.CLUSTER, QueryViews.Cluster.class);

        assertEquals(0xA1, cluster.leaderId());
        assertEquals("2.3.0", cluster.version());
        assertEquals("one", cluster.members().get(0).name());
        assertEquals(List.of("http://127.0.0.1:2379"), cluster.members().get(0).clientUrls());
    }

    @Test
    void shouldBeReadyOnceAQuorumReadSucceeds() {
        final QueryViews.Health health =
                edge.ask(Query.Kind.READY, QueryViews.Health.class, engine::doWork);

        assertTrue(health.healthy());
    }

    @Test
    void shouldEndByItsOwnFaultAlthoughAnEdgeCalledIt() {
        set("/a", "1");

        // What no edge may send makes the engine throw where it has no answer for it.
        edge.offer(CommandType.CLUSTER_VERSION, 0, "/a", "", 0);
        edge.offer(CommandType.GET, 0, "/a", "", 0);

        assertEquals(1, edge.answerCount());
        assertEquals(
                "not a client's command: domain 0, type 25",
                assertThrows(IllegalArgumentException.class, engine::doWork).getMessage());
        assertThrows(IllegalArgumentException.class, engine::doWork);
    }

    private TestEdge.Answer set(final String path, final String value) {
        edge.offer(CommandType.SET, 0, path, value, 0);
        engine.doWork();
        return edge.last();
    }

    private TestEdge.Answer get(final String path) {
        edge.offer(CommandType.GET, 0, path, "", 0);
        return edge.last();
    }

    private void advance(final long nanos) {
        nanoTime.addAndGet(nanos);
        epochNanos.addAndGet(nanos);
    }

    private void restart() {
        engine.close();
        start();
    }

    /**
     * The snapshot's writer is a thread of its own: its file is there when the log says so, which
     * the engine looks for.
     */
    private void settleSnapshots() {
        final Path snap = directory.resolve("member").resolve("snap");
        while (true) {
            engine.doWork();
            final String[] files = snap.toFile().list((dir, name) -> name.endsWith(".snap"));
            if (files != null && files.length > 0) {
                return;
            }
            Thread.onSpinWait();
        }
    }
}
