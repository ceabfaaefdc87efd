package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandType;
import io.larch.engine.disk.Directory;
import io.larch.engine.disk.LocalDirectory;
import io.larch.engine.disk.NoRoomException;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.StateFile;
import io.larch.engine.snapshot.SnapshotFile;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member gives a client all that it has applied, and does nothing for it on its own thread. */
class StateExportTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir Path directory;

    private final AtomicLong nanoTime = new AtomicLong();
    private final TestEdge edge = new TestEdge();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean isDiskFull;
    private boolean isClosed;
    private Engine engine;

    @BeforeEach
    void start() {
        engine =
                Engine.launch(
                        new EngineContext()
                                .memberId(0xA1)
                                .clusterId(0xC1)
                                .name("one")
                                .peerUrls(List.of("http://127.0.0.1:2380"))
                                .clientUrls(List.of("http://127.0.0.1:2379"))
                                .memberDir(directory.resolve("member"))
                                .snapFiles(fillable(new LocalDirectory(snap())))
                                .snapshotExecutor(tasks::add)
                                .maxSnapshots(1)
                                .maxNodes(10_000)
                                .epochNanos(() -> 1_700_000_000L * SECOND + nanoTime.get())
                                .nanoTime(nanoTime::get),
                        () -> {});
        edge.port(engine.openPort(edge));
    }

    private Path snap() {
        return directory.resolve("member").resolve("snap");
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

    @AfterEach
    void stop() {
        if (!isClosed) {
            isClosed = true;
            engine.close();
            work();
        }
    }

    private void work() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void set(final String key, final String value) {
        edge.offer(CommandType.SET, 0, key, value, 0);
        engine.doWork();
    }

    private List<QueryViews.State> ask() {
        return edge.askLater(Query.Kind.STATE, QueryViews.State.class);
    }

    private void settle() {
        for (int i = 0; i < 10; i++) {
            engine.doWork();
            work();
        }
        engine.doWork();
    }

    private StateFile given() {
        final List<QueryViews.State> states = ask();
        settle();
        assertEquals("", states.get(0).reason());
        return states.get(0).file();
    }

    private byte[] bytes(final StateFile file) {
        final ByteBuffer all = ByteBuffer.allocate((int) file.length());
        final List<Throwable> failures = new ArrayList<>();
        file.read(0, all, failures::add);
        assertEquals(List.of(), failures);
        work();
        assertEquals(1, failures.size());
        assertNull(failures.get(0));
        return all.array();
    }

    private List<String> files() throws IOException {
        try (var all = Files.list(snap())) {
            return all.map(path -> path.getFileName().toString()).toList();
        }
    }

    @Test
    void shouldGiveAllThatIsAppliedThoughNoSnapshotIsDue() throws Exception {
        set("/a", "1");
        final long applied = edge.last().raftIndex();

        final StateFile file = given();

        final byte[] bytes = bytes(file);
        assertEquals(applied, file.lastIndex());
        assertEquals(edge.last().raftTerm(), file.lastTerm());
        assertArrayEquals(MessageDigest.getInstance("SHA-256").digest(bytes), file.digest());
        final Path copy = Files.write(directory.resolve("copy"), bytes);
        try (SnapshotFile snapshot = SnapshotFile.open(copy)) {
            assertEquals(0xC1, snapshot.clusterId());
            assertEquals(applied, snapshot.lastIndex());
        }
    }

    @Test
    void shouldTakeNoSnapshotWhereTheNewestHasItAll() throws Exception {
        set("/a", "1");
        final StateFile first = given();
        final Object before = Files.getLastModifiedTime(snap().resolve(files().get(0)));
        final StateFile second = given();
        assertEquals(first.lastIndex(), second.lastIndex());
        assertEquals(before, Files.getLastModifiedTime(snap().resolve(files().get(0))));
    }

    @Test
    void shouldTakeAnotherWhereTheOneThatIsBeingTakenHasLess() {
        set("/a", "1");
        final List<QueryViews.State> first = ask();
        engine.doWork();
        assertTrue(!tasks.isEmpty(), "one is being taken");
        set("/b", "1");
        final long applied = edge.last().raftIndex();
        final List<QueryViews.State> second = ask();
        settle();
        settle();
        assertTrue(first.get(0).file().lastIndex() >= applied - 1);
        assertEquals(applied, second.get(0).file().lastIndex());
    }

    @Test
    void shouldKeepTheFileForWhomItIsGivenThoughTheMemberRemovesIt() throws Exception {
        set("/a", "1");
        final StateFile old = given();
        final byte[] before = bytes(old);
        set("/b", "1");
        final StateFile young = given();
        assertTrue(young.lastIndex() > old.lastIndex());
        assertEquals(1, files().size());
        assertArrayEquals(before, bytes(old));
    }

    @Test
    void shouldGiveAFewAtATime() {
        set("/a", "1");
        final List<StateFile> given = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            given.add(given());
        }
        final List<QueryViews.State> fifth = ask();
        assertNull(fifth.get(0).file());
        assertEquals("so many snapshots are being sent already", fifth.get(0).reason());

        given.get(0).close();
        work();

        assertNotNull(given());
    }

    @Test
    void shouldSayThatTheDiskIsFull() {
        set("/a", "1");
        isDiskFull = true;
        final List<QueryViews.State> states = ask();
        settle();
        assertTrue(states.get(0).reason().contains("No space left on device"));
        isDiskFull = false;
        nanoTime.addAndGet(11 * SECOND);
        assertNotNull(given());
    }

    @Test
    void shouldGiveUpWhenTheDiskTakesTooLong() {
        set("/a", "1");
        final List<QueryViews.State> states = ask();
        engine.doWork();
        nanoTime.addAndGet(599 * SECOND);
        engine.doWork();
        assertEquals(List.of(), states);
        nanoTime.addAndGet(2 * SECOND);
        engine.doWork();
        assertEquals("the snapshot was not ready in time", states.get(0).reason());
    }

    @Test
    void shouldTellWhoWaitsThatTheMemberStops() {
        set("/a", "1");
        final List<QueryViews.State> states = ask();
        engine.doWork();
        stop();
        assertEquals("the member stops", states.get(0).reason());
    }

    @Test
    void shouldGiveItsOwnStateWithoutALeader() {
        try (TestCluster cluster =
                new TestCluster(
                        directory.resolve("three"),
                        3,
                        context -> context.snapshotExecutor(Runnable::run))) {
            cluster.fill(cluster.leader(), 5);
            cluster.settle();
            final TestCluster.Node alone = cluster.follower();
            cluster.up().stream().filter(node -> node != alone).forEach(TestCluster.Node::stop);
            cluster.run(5000);
            final List<QueryViews.State> states =
                    alone.edge.askLater(Query.Kind.STATE, QueryViews.State.class);
            cluster.run(1000);
            assertEquals("", states.get(0).reason());
            assertTrue(states.get(0).file().lastIndex() >= 5);
            states.get(0).file().close();
        }
    }
}
