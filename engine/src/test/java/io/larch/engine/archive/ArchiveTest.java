package io.larch.engine.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import io.larch.engine.disk.LocalDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveTest {
    private static final String NAME = "1.wal";

    @TempDir Path directory;

    private final byte[] bytes = new byte[600_000];
    private Path source;
    private Path target;
    private int callsLeft = Integer.MAX_VALUE;
    private int created;
    private Long room;

    @BeforeEach
    void write() throws IOException {
        source = Files.createDirectory(directory.resolve("wal"));
        target = directory.resolve("archive/member");
        new Random(7).nextBytes(bytes);
        Files.write(source.resolve(NAME), bytes);
    }

    private Archive archive() {
        return new Archive(new LocalDirectory(target));
    }

    /** As on another file system: files must be copied. */
    private Archive copies() {
        return new Archive(calling(new LocalDirectory(target), Directory.class));
    }

    private <T> T calling(final T real, final Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("link")) {
                                return false;
                            }
                            if (method.getName().equals("usableBytes") && room != null) {
                                return room;
                            }
                            created += method.getName().equals("create") ? 1 : 0;
                            if (!method.getName().matches("close|describe") && callsLeft-- == 0) {
                                throw new IOException("No space left on device");
                            }
                            try {
                                final Object result = method.invoke(real, arguments);
                                return result instanceof DiskFile file
                                        ? calling(file, DiskFile.class)
                                        : result;
                            } catch (final InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }));
    }

    private void keep(final Archive archive) {
        archive.keep(new LocalDirectory(source), NAME);
    }

    private static void assertCounts(
            final Archive archive,
            final long kept,
            final long waiting,
            final long failures,
            final long lost) {
        assertEquals(new Archive.Counts(kept, waiting, failures, lost), archive.counts());
    }

    private void assertKept() throws IOException {
        assertEquals(List.of(NAME), new LocalDirectory(target).list());
        assertArrayEquals(bytes, Files.readAllBytes(target.resolve(NAME)));
    }

    @Test
    void shouldKeepAFileUnderOneMoreName() throws IOException {
        final Archive archive = archive();
        keep(archive);
        assertTrue(archive.isWaiting(NAME));
        assertEquals(1, archive.doWork());
        assertFalse(archive.isWaiting(NAME));
        assertCounts(archive, 1, 0, 0, 0);
        assertTrue(Files.isSameFile(source.resolve(NAME), target.resolve(NAME)));
        Files.delete(source.resolve(NAME));
        assertKept();
    }

    @Test
    void shouldCopyAFileWhereItCannotHaveOneMoreName() throws IOException {
        final Archive archive = copies();
        keep(archive);
        assertEquals(1, archive.doWork());
        assertFalse(Files.isSameFile(source.resolve(NAME), target.resolve(NAME)));
        assertKept();
    }

    @Test
    void shouldFindWhatItHasKeptBefore() throws IOException {
        for (int i = 0; i < 2; i++) {
            final Archive archive = copies();
            keep(archive);
            archive.doWork();
            assertCounts(archive, 1, 0, 0, 0);
            assertKept();
        }
    }

    @Test
    void shouldNeverReplaceAnotherFileOfTheName() throws IOException {
        Files.createDirectories(target);
        Files.write(target.resolve(NAME), new byte[600_000]);
        final Archive archive = archive();
        keep(archive);
        assertEquals(0, archive.doWork());
        assertCounts(archive, 0, 1, 1, 0);
        assertArrayEquals(new byte[600_000], Files.readAllBytes(target.resolve(NAME)));
        assertArrayEquals(bytes, Files.readAllBytes(source.resolve(NAME)));
    }

    @Test
    void shouldTryAgainWhateverHasFailed() throws IOException {
        int failures = 0;
        while (true) {
            callsLeft = failures;
            final Archive archive = copies();
            keep(archive);
            if (archive.doWork() > 0) {
                break;
            }
            assertCounts(archive, 0, 1, 1, 0);
            if (Files.exists(target.resolve(NAME))) {
                assertArrayEquals(bytes, Files.readAllBytes(target.resolve(NAME)));
            }
            callsLeft = Integer.MAX_VALUE;
            assertEquals(1, archive.doWork());
            assertCounts(archive, 1, 0, 1, 0);
            assertKept();
            Files.delete(target.resolve(NAME));
            failures++;
        }
        assertTrue(failures > 8, "failures: " + failures);
    }

    @Test
    void shouldKeepOthersWhileOneCannotBeKept() throws IOException {
        Files.createDirectories(target);
        Files.write(target.resolve(NAME), new byte[1]);
        Files.write(source.resolve("2.wal"), bytes);
        final Archive archive = archive();
        keep(archive);
        archive.keep(new LocalDirectory(source), "2.wal");
        assertEquals(1, archive.doWork());
        assertCounts(archive, 1, 1, 1, 0);
        archive.giveUp(NAME, "test");
        archive.giveUp(NAME, "test");
        assertCounts(archive, 1, 0, 1, 1);
    }

    @Test
    void shouldCountAFileThatIsGoneBeforeItWasKept() throws IOException {
        final Archive archive = archive();
        keep(archive);
        Files.delete(source.resolve(NAME));
        assertEquals(1, archive.doWork());
        assertCounts(archive, 0, 0, 0, 1);
    }

    @Test
    void shouldSayAtTheStartThatNothingCanBeKept() throws IOException {
        final Archive good = archive();
        good.lookAtTarget();
        assertCounts(good, 0, 0, 0, 0);
        assertEquals(List.of(), new LocalDirectory(target).list());
        Files.delete(target);
        Files.createFile(target);
        final Archive archive = archive();
        archive.lookAtTarget();
        assertCounts(archive, 0, 0, 1, 0);
    }

    @Test
    void shouldDoItOnAThreadOfItsOwn() throws Exception {
        final Semaphore settled = new Semaphore(0);
        try (Archive archive = archive()) {
            archive.onSettled(settled::release);
            archive.start();
            keep(archive);
            settled.acquire();
            assertKept();
        }
    }

    /** There is a try every second, which must not fill a disk each time. */
    @Test
    void shouldNotBeginACopyForWhichThereIsNoRoom() throws IOException {
        final Archive archive = copies();
        keep(archive);
        room = bytes.length - 1L;
        assertEquals(0, archive.doWork());
        assertCounts(archive, 0, 1, 1, 0);
        assertEquals(0, created);
        room = (long) bytes.length;
        assertEquals(1, archive.doWork());
        assertEquals(1, created);
        assertKept();
    }

    /** The thread has to be there for what can be kept later. */
    @Test
    void shouldTakeAFaultThatNobodyExpectedForAFailedTry() throws IOException {
        final LocalDirectory real = new LocalDirectory(source);
        final Directory odd =
                (Directory)
                        Proxy.newProxyInstance(
                                Directory.class.getClassLoader(),
                                new Class<?>[] {Directory.class},
                                (proxy, method, arguments) -> {
                                    if (method.getName().equals("describe")) {
                                        return real.describe();
                                    }
                                    throw new UncheckedIOException(new IOException("I/O"));
                                });
        final Archive archive = copies();
        archive.keep(odd, NAME);
        keepOther(archive);
        assertEquals(1, archive.doWork());
        assertCounts(archive, 1, 1, 1, 0);
        assertTrue(archive.isWaiting(NAME));
    }

    private void keepOther(final Archive archive) throws IOException {
        Files.write(source.resolve("2.wal"), bytes);
        archive.keep(new LocalDirectory(source), "2.wal");
    }

    private void keepTail(final Archive archive, final int count) {
        archive.keepTail(new LocalDirectory(source), NAME, count, bytes.length);
    }

    private void assertTail(final int count) throws IOException {
        final byte[] expected = Arrays.copyOf(Arrays.copyOf(bytes, count), bytes.length);
        assertArrayEquals(expected, Files.readAllBytes(target.resolve(NAME + ".tail")));
    }

    @Test
    void shouldKeepTheBeginningUntilThereIsAllOfIt() throws IOException {
        final Archive archive = archive();
        for (final int count : List.of(1, 300_000, 262_144, bytes.length)) {
            keepTail(archive, 5);
            keepTail(archive, count);
            archive.doWork();
            assertTail(count);
        }
        keepTail(archive, 7);
        keep(archive);
        archive.doWork();
        assertKept();
        keepTail(archive, 7);
        archive.doWork();
        assertKept();
        assertCounts(archive, 1, 0, 0, 0);
    }

    /** The one before stays until the next is there. */
    @Test
    void shouldAlwaysHaveABeginningWhateverHasFailed() throws IOException {
        int failures = 0;
        while (true) {
            final Archive archive = copies();
            keepTail(archive, 400_000);
            archive.doWork();
            callsLeft = failures;
            keepTail(archive, 500_000);
            archive.doWork();
            if (archive.counts().failures() == 0) {
                break;
            }
            final boolean isNew = target.resolve(NAME + ".tail").toFile().exists();
            assertTrue(isNew);
            callsLeft = Integer.MAX_VALUE;
            archive.doWork();
            assertTail(500_000);
            failures++;
        }
        assertTail(500_000);
        assertTrue(failures > 5, "failures: " + failures);
    }

    /** On a disk of its own, where a segment that is nearly empty is not worth its length. */
    @Test
    void shouldCopyNoHoles() throws IOException {
        final byte[] sparse = Arrays.copyOf(new byte[] {1}, 8 << 20);
        Files.write(source.resolve("2.wal"), sparse);
        final Archive archive = copies();
        archive.keep(new LocalDirectory(source), "2.wal");
        archive.doWork();
        assertArrayEquals(sparse, Files.readAllBytes(target.resolve("2.wal")));
        final Process du =
                new ProcessBuilder("du", "-k", target.resolve("2.wal").toString()).start();
        final String size = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(Long.parseLong(size.split("\\s")[0]) < 2048, size);
    }
}
