package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayDeque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Once a member runs its engine's thread does nothing with the files of snapshots. */
class SnapshotWorkerTest {
    @TempDir Path directory;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private TestCluster cluster;
    private boolean isWorking;
    private boolean isStarting = true;
    private int calls;

    @AfterEach
    void close() {
        isStarting = true;
        cluster.close();
        work();
    }

    private void start() {
        cluster =
                new TestCluster(
                        directory,
                        3,
                        context ->
                                context.snapshotCount(50)
                                        .trailingEntries(10)
                                        .snapFiles(
                                                workersOnly(context.snapFiles(), Directory.class))
                                        .snapshotExecutor(tasks::add));
        isStarting = false;
        cluster.leader();
    }

    private <T> T workersOnly(final T real, final Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> {
                            if (!isWorking && !isStarting) {
                                throw new AssertionError("on the engine's thread: " + method);
                            }
                            calls++;
                            try {
                                final Object result = method.invoke(real, arguments);
                                return result instanceof DiskFile
                                        ? workersOnly((DiskFile) result, DiskFile.class)
                                        : result;
                            } catch (final InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }));
    }

    private void work() {
        isWorking = true;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        isWorking = false;
    }

    /** One that was away for longer than the log goes back. */
    private TestCluster.Node needySoon() {
        final TestCluster.Node away = cluster.follower();
        away.stop();
        for (int i = 0; i < 10; i++) {
            cluster.fill(cluster.leader(), 100);
            work();
            cluster.run(50);
            work();
        }
        isStarting = true;
        away.start();
        isStarting = false;
        return away;
    }

    private static String valueOf(final TestCluster.Node node) {
        final TestEdge.Answer reply = node.get("/k/9");
        return reply.errorCode() == 0 ? reply.value() : "";
    }

    @Test
    void shouldOpenAndReadSnapshotsElsewhere() {
        start();
        final TestCluster.Node away = needySoon();
        final String value = valueOf(cluster.leader());
        final int before = calls;
        cluster.await(
                "the snapshot is there",
                () -> {
                    work();
                    return valueOf(away).equals(value);
                });
        assertTrue(calls > before);
    }

    @Test
    void shouldCloseWhatIsNotAskedForAgain() {
        start();
        final TestCluster.Node away = needySoon();
        cluster.await("it is being opened", () -> !tasks.isEmpty());
        away.stop();
        work();

        cluster.run(10_000);

        assertEquals(1, tasks.size(), "it is closed");
    }
}
