package io.larch.engine.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.EngineLog;
import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import io.larch.engine.disk.LocalDirectory;
import io.larch.engine.port.SnapshotSource;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the engine's thread gets of a file that another thread reads. */
class SnapshotFileSourceTest {
    private static final int BLOCK = SnapshotFileSource.BLOCK_BYTES;
    private static final int LENGTH = 11 * BLOCK + 1234;

    @TempDir Path directory;

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final byte[] bytes = new byte[LENGTH];
    private final UnsafeBuffer target = new UnsafeBuffer(new byte[LENGTH]);
    private SnapshotContext context;
    private int wakes;
    private SnapshotFileSource source;

    @BeforeEach
    void write() throws IOException {
        new Random(7).nextBytes(bytes);
        Files.write(file(), bytes);
        context =
                new SnapshotContext()
                        .directory(directory)
                        .executor(tasks::add)
                        .onProgress(() -> wakes++);
        source =
                new SnapshotFileSource(
                        context, OutgoingSnapshot.newest(context), new EngineLog(0xC1));
    }

    private Path file() {
        return directory.resolve(SnapshotNames.of(3, 10));
    }

    private void work() {
        while (!tasks.isEmpty()) {
            tasks.poll().run();
        }
    }

    private int read(final long position, final int length) {
        return source.read(position, target, (int) position, length);
    }

    @Test
    void shouldReadNothingByItselfAndWakeWhoWaits() {
        assertEquals(10, source.lastIndex());
        assertEquals(3, source.lastTerm());
        assertEquals(LENGTH, source.length());
        assertEquals(0, read(0, 1000));
        assertEquals(0, read(0, 1000));
        assertEquals(SnapshotFileSource.BLOCKS, tasks.size());
        assertEquals(0, wakes);

        tasks.poll().run();

        assertEquals(1, wakes);
        assertEquals(1000, read(0, 1000));
        assertEquals(BLOCK - 1000, read(1000, 2 * BLOCK));
        assertEquals(0, read(BLOCK, 1000));
        source.close();
        work();
    }

    @Test
    void shouldGiveTheWholeFileInPiecesOfAnyLength() {
        final Random random = new Random(3);
        int position = 0;
        while (position < LENGTH) {
            final int count = read(position, 1 + random.nextInt(100_000));
            position += count;
            if (random.nextInt(3) == 0 && !tasks.isEmpty()) {
                tasks.poll().run();
            }
            assertTrue(tasks.size() <= SnapshotFileSource.BLOCKS);
        }
        assertEquals(0, read(LENGTH - 1, 0));
        assertArrayEquals(bytes, target.byteArray());
        source.close();
        work();
    }

    @Test
    void shouldGoBackAndOnToAnyPosition() {
        final Random random = new Random(4);
        for (int i = 0; i < 500; i++) {
            final int position = random.nextInt(LENGTH);
            int count = read(position, 5000);
            while (count == 0) {
                work();
                count = read(position, 5000);
            }
            assertArrayEquals(
                    Arrays.copyOfRange(bytes, position, position + count),
                    Arrays.copyOfRange(target.byteArray(), position, position + count));
        }
        source.close();
        work();
    }

    @Test
    void shouldKeepWhatIsReadSoThatItMayBeAskedForAgain() {
        read(0, 1000);
        work();
        for (int i = 0; i < 10; i++) {
            assertEquals(1000, read(500, 1000));
        }
        assertTrue(tasks.isEmpty());
        source.close();
        work();
    }

    @Test
    void shouldTellThatTheFileIsCutShort() throws IOException {
        Files.write(file(), Arrays.copyOf(bytes, 2 * BLOCK + 5));
        read(0, 1000);

        work();

        assertEquals(SnapshotSource.UNREADABLE, read(0, 1000));
        assertEquals(SnapshotSource.UNREADABLE, read(2 * BLOCK, 1000));
        source.close();
        work();
    }

    @Test
    void shouldTellThatReadingEndedWithAnError() throws IOException {
        final Directory real = new LocalDirectory(directory);
        final Directory faulty = failing(Directory.class, real, "open", this::faultyFile);
        try (SnapshotFileSource broken =
                new SnapshotFileSource(
                        context,
                        OutgoingSnapshot.newest(new SnapshotContext().files(faulty)),
                        new EngineLog(0xC1))) {
            assertEquals(0, broken.read(0, target, 0, 1000));
            work();

            assertEquals(SnapshotSource.UNREADABLE, broken.read(0, target, 0, 1000));
            assertTrue(wakes > 0);
        }
        source.close();
        work();
    }

    private Object faultyFile(final Object file) {
        return failing(
                DiskFile.class,
                (DiskFile) file,
                "read",
                count -> {
                    throw new InternalError("a fault of the machine");
                });
    }

    /** The real one, but what a method returns goes through a function. */
    private static <T> T failing(
            final Class<T> type,
            final T real,
            final String name,
            final UnaryOperator<Object> answer) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> {
                            final Object given = method.invoke(real, arguments);
                            return method.getName().equals(name) ? answer.apply(given) : given;
                        }));
    }

    @Test
    void shouldReadOnWhenTheFileIsRemoved() throws IOException {
        Files.delete(file());
        read(0, 1000);
        work();
        assertEquals(1000, read(0, 1000));
        source.close();
        work();
    }

    @Test
    void shouldLetTheWorkerEndWhatItDoesBeforeItsMemoryIsGivenBack() {
        read(0, 1000);
        source.close();
        source.close();
        assertEquals(SnapshotFileSource.BLOCKS + 1, tasks.size());
        work();
        assertTrue(tasks.isEmpty());
    }
}
