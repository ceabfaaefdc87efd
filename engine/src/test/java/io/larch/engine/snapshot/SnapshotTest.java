package io.larch.engine.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.disk.LocalDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {
    private static final UnsafeBuffer CONFIG = bytes("config");

    @TempDir Path dataDir;

    private final Semaphore progress = new Semaphore(0);

    private SnapshotContext context() {
        return new SnapshotContext()
                .directory(dataDir.resolve("member/snap"))
                .chunkLengthBytes(256)
                .chunkCount(2)
                .onProgress(progress::release);
    }

    private static UnsafeBuffer bytes(final String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.UTF_8));
    }

    private SnapshotTaker start(final SnapshotContext context, final long index) {
        return SnapshotTaker.start(context, false, 77, index, 3, CONFIG, 0, CONFIG.capacity());
    }

    private void offer(final SnapshotTaker taker, final UnsafeBuffer record)
            throws InterruptedException {
        while (!taker.offer(record, 0, record.capacity())) {
            progress.acquire();
        }
    }

    private Path take(final SnapshotContext context, final long index, final int records)
            throws InterruptedException {
        final SnapshotTaker taker = start(context, index);
        for (int i = 0; i < records; i++) {
            offer(taker, bytes("record " + i));
        }
        taker.finish();
        taker.join();
        assertTrue(taker.isDone());
        assertNull(taker.failure());
        return taker.file();
    }

    private static List<String> records(final SnapshotFile file) {
        final List<String> records = new ArrayList<>();
        assertTrue(file.nextSection());
        while (file.next(
                (buffer, offset, length) ->
                        records.add(buffer.getStringWithoutLengthUtf8(offset, length)))) {
            // Collected by the consumer.
        }
        return records;
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(dataDir.resolve("member/snap"))) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void shouldGiveBackTheRecordsInOrder() throws Exception {
        take(context(), 42, 1000);
        try (SnapshotFile file = SnapshotLoader.newestGood(context())) {
            assertEquals(77, file.clusterId());
            assertEquals(42, file.lastIndex());
            assertEquals(3, file.lastTerm());
            assertEquals(1000, file.recordCount());
            assertEquals(
                    "config",
                    file.config().getStringWithoutLengthUtf8(0, file.config().capacity()));
            final List<String> records = records(file);
            assertEquals(1000, records.size());
            for (int i = 0; i < 1000; i++) {
                assertEquals("record " + i, records.get(i));
            }
        }
        assertEquals(List.of("0000000000000003-000000000000002a.snap"), names());
    }

    @Test
    void shouldHoldNothingButTheConfiguration() throws Exception {
        take(context(), 1, 0);
        try (SnapshotFile file = SnapshotLoader.newestGood(context())) {
            assertEquals(List.of(), records(file));
        }
    }

    @Test
    void shouldKeepEmptyAndLargeRecords() throws Exception {
        final UnsafeBuffer large = new UnsafeBuffer(new byte[SnapshotContext.MAX_RECORD_LENGTH]);
        large.setMemory(0, large.capacity(), (byte) 9);
        final SnapshotTaker taker = start(context(), 5);
        offer(taker, bytes(""));
        offer(taker, large);
        offer(taker, bytes("end"));
        taker.finish();
        taker.join();
        assertNull(taker.failure());
        try (SnapshotFile file = SnapshotLoader.newestGood(context())) {
            final List<Integer> lengths = new ArrayList<>();
            assertTrue(file.nextSection());
            while (file.next((buffer, offset, length) -> lengths.add(length))) {
                // Collected by the consumer.
            }
            assertEquals(List.of(0, large.capacity(), 3), lengths);
        }
    }

    @Test
    void shouldKeepTheNewestAndFallBackFromADamagedOne() throws Exception {
        final SnapshotContext context = context().maxSnapshots(2);
        take(context, 10, 5);
        take(context, 20, 5);
        final Path newest = take(context, 30, 5);
        assertEquals(2, names().size());

        final byte[] content = Files.readAllBytes(newest);
        content[content.length / 2] ^= 1;
        Files.write(newest, content);
        try (SnapshotFile file = SnapshotLoader.newestGood(context)) {
            assertEquals(20, file.lastIndex());
        }
        assertTrue(Files.exists(Path.of(newest + ".broken")));
        assertFalse(Files.exists(newest));
    }

    @Test
    void shouldKeepAllSnapshotsWithoutALimit() throws Exception {
        for (int i = 1; i <= 8; i++) {
            take(context().maxSnapshots(0), i, 1);
        }
        assertEquals(8, names().size());
    }

    @Test
    void shouldRemoveUnfinishedSnapshotsAndFindNone() throws IOException {
        final Path directory = dataDir.resolve("member/snap");
        new LocalDirectory(directory).prepare();
        Files.write(
                directory.resolve("0000000000000001-0000000000000001.snap.tmp"), new byte[] {1});
        Files.write(
                directory.resolve("0000000000000001-0000000000000002.snap.part"), new byte[] {1});
        assertNull(SnapshotLoader.newestGood(context()));
        assertEquals(List.of(), names());
    }

    @Test
    void shouldRemoveWhatAnAbandonedSnapshotWrote() throws Exception {
        final SnapshotTaker taker = start(context(), 9);
        offer(taker, bytes("x".repeat(300)));
        offer(taker, bytes("y"));
        taker.close();
        taker.join();
        assertTrue(taker.isDone());
        assertNotNull(taker.failure());
        assertEquals(List.of(), names());
    }

    @Test
    void shouldRefuseEveryCutAndEveryFlippedByte() throws Exception {
        final Path file = take(context(), 7, 20);
        final byte[] content = Files.readAllBytes(file);
        final Path damaged = dataDir.resolve("damaged");
        for (int i = 0; i < content.length; i++) {
            Files.write(damaged, Arrays.copyOf(content, i));
            assertThrows(SnapshotException.class, () -> SnapshotFile.open(damaged).close());
            final byte[] flipped = content.clone();
            flipped[i] ^= 0x10;
            Files.write(damaged, flipped);
            assertThrows(SnapshotException.class, () -> SnapshotFile.open(damaged).close());
        }
        Files.write(damaged, Arrays.copyOf(content, content.length + 1));
        assertThrows(SnapshotException.class, () -> SnapshotFile.open(damaged).close());
    }

    @Test
    void shouldTakeOverASnapshotOfAnotherMember() throws Exception {
        final Path taken = take(context(), 50, 100);
        final SnapshotContext receiver = context().directory(dataDir.resolve("other/snap"));
        try (SnapshotFile sent = SnapshotFile.open(taken);
                IncomingSnapshot incoming = IncomingSnapshot.start(receiver, 50, 3)) {
            final ByteBuffer piece = ByteBuffer.allocateDirect(1000);
            while (sent.readBytes(incoming.position(), piece.clear()) > 0) {
                incoming.write(new UnsafeBuffer(piece), 0, piece.position());
            }
            assertEquals(sent.length(), incoming.position());
            try (SnapshotFile received = incoming.verify()) {
                assertEquals(100, records(received).size());
                assertEquals(
                        List.of(),
                        receiver.files().list().stream()
                                .filter(SnapshotNames::isSnapshot)
                                .toList());
            }
            incoming.publish();
        }
        try (SnapshotFile file = SnapshotLoader.newestGood(receiver)) {
            assertEquals(100, records(file).size());
        }
    }

    @Test
    void shouldNotTakeOverADamagedSnapshot() throws Exception {
        final byte[] content = Files.readAllBytes(take(context(), 50, 100));
        final SnapshotContext receiver = context().directory(dataDir.resolve("other/snap"));
        try (IncomingSnapshot incoming = IncomingSnapshot.start(receiver, 50, 3)) {
            incoming.write(new UnsafeBuffer(content), 0, content.length - 1);
            assertThrows(SnapshotException.class, incoming::verify);
        }
        assertNull(SnapshotLoader.newestGood(receiver));
    }

    @Test
    void shouldKeepSectionsApart() throws Exception {
        final SnapshotTaker taker =
                SnapshotTaker.start(context(), true, 77, 9, 3, CONFIG, 0, CONFIG.capacity());
        for (final String name : List.of("one", "none", "two")) {
            while (!taker.beginSection(name, name.length())) {
                progress.acquire();
            }
            for (int i = 0; i < (name.equals("none") ? 0 : 50); i++) {
                offer(taker, bytes(name + i));
            }
        }
        taker.finish();
        taker.join();
        assertNull(taker.failure());
        try (SnapshotFile file = SnapshotFile.open(taker.file())) {
            assertEquals(100, file.recordCount());
            assertEquals(50, records(file).size());
            assertEquals("one", file.sectionName());
            assertEquals(3, file.sectionVersion());
            assertEquals(List.of(), records(file));
            assertEquals("none", file.sectionName());
            // One that is not read is passed over.
            assertTrue(file.nextSection());
            assertEquals("two", file.sectionName());
            assertFalse(file.nextSection());
        }
    }

    @Test
    void shouldTellAFailureAndLeaveNoFileUnderTheName() throws Exception {
        final SnapshotContext context = context();
        final FailingFiles files = new FailingFiles(context.files());
        for (final String kind : List.of("write", "force", "rename", "sync")) {
            files.failing = kind;
            final SnapshotTaker taker = start(context.files(files), 5);
            for (int i = 0; i < 50; i++) {
                offer(taker, bytes("record " + i));
            }
            taker.finish();
            taker.join();
            assertTrue(taker.isDone());
            assertNotNull(taker.failure(), kind);
        }
        files.failing = "";
        // The last one was renamed, but nobody was told that it is durable.
        take(context, 6, 1);
        try (SnapshotFile file = SnapshotLoader.newestGood(context)) {
            assertEquals(6, file.lastIndex());
        }
        assertTrue(names().stream().allMatch(name -> name.endsWith(".snap")), () -> "left over");
    }
}
