package io.larch.engine.segments;

import static io.larch.engine.kv.ProtoMessage.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import io.larch.engine.disk.LocalDirectory;
import io.larch.engine.kv.KvApplication;
import io.larch.engine.kv.KvContext;
import io.larch.engine.kv.KvFixture;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SegmentFilesTest {
    private static final int LENGTH = 1 << 16;

    @TempDir Path path;

    /** Real files, on a disk that may be said to be full, or become so while it is written to. */
    private static final class Disk implements Directory {
        private final Directory real;
        private boolean isFull;
        private boolean becomesFull;
        private boolean isMemoryShort;
        private int openFiles;

        Disk(final Path path) {
            real = new LocalDirectory(path);
        }

        @Override
        public void prepare() throws IOException {
            real.prepare();
        }

        @Override
        public Closeable lock() throws IOException {
            return real.lock();
        }

        @Override
        public List<String> list() throws IOException {
            return real.list();
        }

        @Override
        public DiskFile create(final String name) throws IOException {
            final DiskFile file = real.create(name);
            openFiles++;
            return new DiskFile() {
                @Override
                public long length() throws IOException {
                    return file.length();
                }

                @Override
                public int write(final ByteBuffer source, final long position) throws IOException {
                    if (becomesFull) {
                        throw new IOException("No space left on device");
                    }
                    return file.write(source, position);
                }

                @Override
                public void force(final boolean metadata) throws IOException {
                    file.force(metadata);
                }

                @Override
                public ByteBuffer map(final boolean writable, final int length) throws IOException {
                    if (isMemoryShort) {
                        throw new OutOfMemoryError("Cannot reserve direct buffer memory");
                    }
                    return file.map(writable, length);
                }

                @Override
                public void force(final ByteBuffer mapping, final int offset, final int length)
                        throws IOException {
                    file.force(mapping, offset, length);
                }

                @Override
                public void unmap(final ByteBuffer mapping) {
                    file.unmap(mapping);
                }

                @Override
                public void close() throws IOException {
                    openFiles--;
                    file.close();
                }
            };
        }

        @Override
        public DiskFile open(final String name) throws IOException {
            return real.open(name);
        }

        @Override
        public void rename(final String from, final String to) throws IOException {
            real.rename(from, to);
        }

        @Override
        public void delete(final String name) throws IOException {
            real.delete(name);
        }

        @Override
        public void sync() throws IOException {
            real.sync();
        }

        @Override
        public long usableBytes() {
            return isFull ? SegmentFiles.LEFT_TO_OTHERS : Long.MAX_VALUE;
        }

        @Override
        public String describe() {
            return real.describe();
        }
    }

    private static void fill(final UnsafeBuffer segment, final byte with) {
        segment.setMemory(0, segment.capacity(), with);
    }

    private static void check(final UnsafeBuffer segment, final byte with) {
        for (int i = 0; i < segment.capacity(); i += 97) {
            assertEquals(with, segment.getByte(i));
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.map(Path::toString).toList();
        }
    }

    @Test
    void shouldMapWhatIsBeyondTheBudgetAndLeaveNoNames() throws IOException {
        final Disk disk = new Disk(path);
        final SegmentFiles files = new SegmentFiles(disk, 2L * LENGTH, LENGTH, Runnable::run);
        final List<UnsafeBuffer> segments = new ArrayList<>();
        for (byte i = 0; i < 9; i++) {
            final UnsafeBuffer segment = files.allocate(LENGTH - i);
            assertEquals(LENGTH - i, segment.capacity());
            fill(segment, i);
            segments.add(segment);
        }
        assertEquals(2L * LENGTH - 1, files.memoryBytes());
        assertEquals(7L * LENGTH, files.mappedBytes());
        for (byte i = 0; i < 9; i++) {
            check(segments.get(i), i);
        }
        assertEquals(List.of(), names());
        assertEquals(0, disk.openFiles);

        files.free(segments.remove(0));
        assertEquals(LENGTH - 1, files.memoryBytes());
        final UnsafeBuffer inMemoryAgain = files.allocate(LENGTH);
        assertEquals(7L * LENGTH, files.mappedBytes());
        segments.add(inMemoryAgain);
        segments.forEach(files::free);
        assertEquals(0, files.memoryBytes());
        assertEquals(0, files.mappedBytes());
    }

    @Test
    void shouldKeepLongerSegmentsInMemory() {
        final SegmentFiles files = new SegmentFiles(new Disk(path), 0, LENGTH, Runnable::run);
        files.await(LENGTH + 1);
        final UnsafeBuffer segment = files.allocate(LENGTH + 1);
        assertEquals(LENGTH + 1, files.memoryBytes());
        files.free(segment);
        assertEquals(0, files.memoryBytes());
    }

    @Test
    void shouldNotWaitForTheDiskToAllocate() {
        final Deque<Runnable> tasks = new ArrayDeque<>();
        final SegmentFiles files = new SegmentFiles(new Disk(path), 0, LENGTH, tasks::add);
        final UnsafeBuffer first = files.allocate(LENGTH);
        assertEquals(LENGTH, files.memoryBytes());
        assertEquals(SegmentFiles.AHEAD, tasks.size());
        while (!tasks.isEmpty()) {
            tasks.poll().run();
        }
        final UnsafeBuffer second = files.allocate(LENGTH);
        assertEquals(LENGTH, files.mappedBytes());
        assertEquals(1, tasks.size(), "another one is to be made");
        files.free(first);
        files.free(second);
        while (!tasks.isEmpty()) {
            tasks.poll().run();
        }
        // Nothing was kept for nobody.
        final UnsafeBuffer third = files.allocate(LENGTH);
        assertEquals(0, files.mappedBytes());
        files.free(third);
    }

    @Test
    void shouldMakeFilesBeforeMemoryIsUsedUp() {
        final SegmentFiles files =
                new SegmentFiles(
                        new Disk(path), (SegmentFiles.AHEAD + 2L) * LENGTH, LENGTH, Runnable::run);
        final List<UnsafeBuffer> segments = new ArrayList<>();
        for (int i = 0; i < SegmentFiles.AHEAD + 4; i++) {
            segments.add(files.allocate(LENGTH));
        }
        assertEquals((SegmentFiles.AHEAD + 2L) * LENGTH, files.memoryBytes());
        assertEquals(2L * LENGTH, files.mappedBytes());
        segments.forEach(files::free);
    }

    @Test
    void shouldStayInMemoryWhileTheDiskIsFull() throws IOException {
        final Disk disk = new Disk(path);
        final SegmentFiles files = new SegmentFiles(disk, 0, LENGTH, Runnable::run);
        final List<UnsafeBuffer> segments = new ArrayList<>();
        disk.isFull = true;
        files.await(LENGTH);
        segments.add(files.allocate(LENGTH));
        disk.isFull = false;
        disk.becomesFull = true;
        files.await(LENGTH);
        segments.add(files.allocate(LENGTH));
        assertEquals(2L * LENGTH, files.memoryBytes());
        assertEquals(0, files.mappedBytes());
        assertEquals(List.of(), names());
        assertEquals(0, disk.openFiles);

        disk.becomesFull = false;
        files.await(LENGTH);
        segments.add(files.allocate(LENGTH));
        assertEquals(LENGTH, files.mappedBytes());
        segments.forEach(files::free);
    }

    @Test
    void shouldGoOnWithoutFilesWhileMemoryForThemIsShort() throws IOException {
        final Disk disk = new Disk(path);
        final SegmentFiles files = new SegmentFiles(disk, 0, LENGTH, Runnable::run);
        disk.isMemoryShort = true;
        files.await(LENGTH);
        final UnsafeBuffer first = files.allocate(LENGTH);
        assertEquals(LENGTH, files.memoryBytes());
        assertEquals(List.of(), names());
        assertEquals(0, disk.openFiles);

        disk.isMemoryShort = false;
        files.await(LENGTH);
        final UnsafeBuffer second = files.allocate(LENGTH);
        assertEquals(LENGTH, files.mappedBytes());
        files.free(first);
        files.free(second);
    }

    @Test
    void shouldRemoveWhatAKilledProcessLeft() throws IOException {
        Files.writeString(path.resolve(SegmentFiles.NAME), "left");
        Files.writeString(path.resolve("other"), "stays");
        assertFalse(new SegmentFiles(new Disk(path), 0, LENGTH, Runnable::run).mappedBytes() > 0);
        assertEquals(List.of(path.resolve("other").toString()), names());
    }

    @Test
    void shouldNeedNoDirectoryBeforeItIsUsed() {
        final SegmentFiles files =
                new SegmentFiles(new Disk(path.resolve("a/b")), 0, LENGTH, Runnable::run);
        assertFalse(Files.exists(path.resolve("a")));
        files.await(LENGTH);
        files.free(files.allocate(LENGTH));
        assertTrue(Files.exists(path.resolve("a/b")));
    }

    /** One of them is made from the other's snapshot, as after a restart, and takes its place. */
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void shouldHoldTheStoresOfAMember() throws IOException {
        final SegmentFiles files = SegmentFiles.in(path, 0);
        final KvContext context = new KvContext().segmentMemory(files);
        try (KvFixture larch = new KvFixture(context)) {
            files.await(LENGTH);
            final String value = "v".repeat(50_000);
            for (int i = 0; i < 400; i++) {
                larch.write(KvCommand.PUT, message().text(1, "key " + i % 7).text(2, value + i));
            }
            final long digest = larch.application.digest();
            final KvApplication restored = larch.restored(larch.snapshot());
            assertTrue(files.mappedBytes() > files.memoryBytes());
            assertEquals(digest, restored.digest());
            larch.application.take(restored);
            assertEquals(digest, larch.application.digest());
            larch.write(KvCommand.COMPACT, message().number(1, larch.revision));
            larch.settle();
            assertEquals(7, larch.application.entries());
        }
        assertEquals(0, files.mappedBytes());
        awaitMade(files);
        assertEquals(List.of(), names());
    }

    private static void awaitMade(final SegmentFiles files) {
        while (files.isMaking()) {
            Thread.onSpinWait();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void shouldGiveTheSpaceBack() throws IOException {
        final SegmentFiles files = SegmentFiles.in(path, 0);
        final List<UnsafeBuffer> segments = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            files.await(LENGTH);
            segments.add(files.allocate(LENGTH));
        }
        assertEquals(0, files.memoryBytes());
        assertTrue(mappings() >= 3);
        segments.forEach(files::free);
        awaitMade(files);
        while (mappings() > 0) {
            Thread.onSpinWait();
        }
    }

    private long mappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains(path.toString())).count();
        }
    }
}
