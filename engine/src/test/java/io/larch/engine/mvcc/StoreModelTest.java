package io.larch.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.disk.LocalDirectory;
import io.larch.engine.segments.SegmentFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random changes of the store and of a model, in which all else happens as well. */
class StoreModelTest {
    private static final int STEPS = 3000;

    private final KeyVersion version = new KeyVersion();
    private final List<String> names = new ArrayList<>();
    private Random random;
    private StoreModel model;
    private StoreFixture larch;
    private int segmentLength;
    private SegmentMemory memory;

    /** A read in slices that is under way, and what is to come of it. */
    private RangeCursor read;

    private List<String> expected;

    /** An export that is under way, and what it is to give. */
    private StoreExport export;

    private final List<byte[]> exported = new ArrayList<>();
    private int hashAtExport;
    private List<String> historyAtExport;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void shouldDoWhatTheModelDoes(final long seed) {
        random = new Random(seed);
        segmentLength = 1 << 10 + random.nextInt(7);
        memory = NativeMemory.INSTANCE;
        compareWithModel(seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 4, 5, 6, 7, 8})
    @Tag("slow")
    void shouldDoWhatTheModelDoesWithMoreSeeds(final long seed) {
        shouldDoWhatTheModelDoes(seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {11})
    void shouldDoTheSameWithMostOfItInFiles(final long seed, @TempDir final Path directory) {
        random = new Random(seed);
        segmentLength = 1 << 10 + random.nextInt(3);
        final SegmentFiles files =
                new SegmentFiles(
                        new LocalDirectory(directory),
                        2L * segmentLength,
                        segmentLength,
                        Runnable::run);
        final long[] most = {0};
        memory =
                new SegmentMemory() {
                    @Override
                    public UnsafeBuffer allocate(final int length) {
                        most[0] = Math.max(most[0], files.mappedBytes());
                        return files.allocate(length);
                    }

                    @Override
                    public void await(final int length) {
                        files.await(length);
                    }

                    @Override
                    public void free(final UnsafeBuffer segment) {
                        files.free(segment);
                    }
                };
        compareWithModel(seed);
        assertTrue(most[0] > 8L * segmentLength, "files were to be used");
        assertEquals(0, files.mappedBytes());
        assertEquals(0, files.memoryBytes());
    }

    @ParameterizedTest
    @ValueSource(longs = {12, 13, 14})
    @Tag("slow")
    void shouldDoTheSameWithMostOfItInFilesWithMoreSeeds(
            final long seed, @TempDir final Path directory) {
        shouldDoTheSameWithMostOfItInFiles(seed, directory);
    }

    private void compareWithModel(final long seed) {
        model = new StoreModel();
        larch = new StoreFixture(memory, segmentLength);
        addNames(seed % 2 == 0 ? 12 : 400);
        // Some histories are compacted all the time, and others seldom.
        final int compactions = 1 << random.nextInt(7);
        for (int step = 0; step < STEPS; step++) {
            write();
            read();
            if (random.nextInt(8 * compactions) == 0) {
                compact();
            }
            if (random.nextInt(4) == 0) {
                larch.store.compactSome(random.nextInt(50));
            }
            export();
            if (step % 500 == 499) {
                compare();
            }
        }
        compare();
        larch.close();
    }

    private void addNames(final int count) {
        names.clear();
        while (names.size() < count) {
            final String prefix = List.of("", "/a/", "/a/bcdefghijk/", "\0", "\377").get(pick(5));
            final String middle = "m".repeat(random.nextInt(4) == 0 ? random.nextInt(300) : 0);
            final String name = prefix + middle + (char) random.nextInt(256) + pick(count);
            if (!names.contains(name)) {
                names.add(name);
            }
        }
    }

    private int pick(final int bound) {
        return random.nextInt(bound);
    }

    private String name() {
        return names.get(pick(names.size()));
    }

    private void write() {
        larch.store.begin();
        final int changes = random.nextInt(10) == 0 ? random.nextInt(20) : 1;
        // As etcd's API has it, a transaction changes a key once.
        final Set<String> changed = new HashSet<>();
        for (int i = 0; i < changes; i++) {
            final String name = name();
            if (!changed.add(name)) {
                continue;
            }
            final StoreModel.Version before = model.at(name, Long.MAX_VALUE);
            final String previous = before == null ? "none" : before.text();
            switch (random.nextInt(10)) {
                case 0, 1:
                    assertEquals(previous, larch.remove(name));
                    model.delete(name);
                    break;
                case 2:
                    if (changes == 1 && random.nextInt(20) == 0) {
                        deleteRange(name, end());
                    }
                    break;
                default:
                    final String value =
                            "v".repeat(random.nextInt(30) == 0 ? pick(3000) : pick(100));
                    final long lease = random.nextInt(3) == 0 ? random.nextLong() : 0;
                    assertEquals(previous, larch.write(name, value, lease));
                    model.put(name, value, lease);
            }
        }
        if (random.nextInt(10) == 0) {
            final String name = name();
            assertEquals(
                    model.range(name, "", Long.MAX_VALUE),
                    larch.range(StoreFixture.range(name, ""), MvccStore.NEWEST));
        }
        model.commit();
        assertEquals(model.revision, larch.store.commit());
    }

    private void deleteRange(final String key, final String end) {
        final List<String> deleted = new ArrayList<>();
        final List<String> live = model.range(key, end, Long.MAX_VALUE);
        larch.store.deleteRange(
                StoreFixture.range(key, end), each -> deleted.add(StoreFixture.text(each)));
        List.copyOf(model.keysOf(key, end).keySet()).forEach(model::delete);
        assertEquals(live, deleted);
    }

    private String end() {
        final int kind = pick(4);
        return kind == 0 ? "" : kind == 1 ? "\0" : name();
    }

    private long revision() {
        final long oldest = Math.max(1, model.compacted);
        return oldest + random.nextLong(model.revision - oldest + 1);
    }

    private void read() {
        final String key = name();
        final String end = end();
        final KeyRange range = StoreFixture.range(key, end);
        final long revision = revision();
        if (random.nextInt(10) == 0) {
            final List<String> found = model.range(key, end, revision);
            assertEquals(found, larch.range(range, revision));
            assertEquals(model.range(key, end, Long.MAX_VALUE).size(), larch.store.count(range));
        }
        final StoreModel.Version found = model.at(key, revision);
        assertEquals(found == null ? "none" : found.text(), larch.get(key, revision));
        readOn(key, end, range, revision);
    }

    /** The one that takes long. */
    private void readOn(
            final String key, final String end, final KeyRange range, final long revision) {
        if (read == null) {
            read = new RangeCursor(larch.store);
            expected = new ArrayList<>(model.range(key, end, revision));
            if (random.nextBoolean()) {
                read.open(range, revision);
            } else {
                read.openDescending(range, revision);
                Collections.reverse(expected);
            }
        }
        read.allow(random.nextInt(10));
        Step step = read.next(version);
        while (step == Step.FOUND) {
            assertEquals(expected.remove(0), StoreFixture.text(version));
            step = random.nextInt(6) == 0 ? Step.PAUSED : read.next(version);
        }
        if (step == Step.COMPACTED) {
            assertTrue(read.revision() < model.compacted);
            read = null;
        } else if (step == Step.END) {
            assertEquals(List.of(), expected);
            read = null;
        }
    }

    private void compact() {
        final long low = Math.max(1, model.compacted + 1);
        if (low <= model.revision) {
            final long revision =
                    random.nextInt(4) == 0
                            ? model.revision
                            : low + random.nextLong(model.revision - low + 1);
            model.compact(revision);
            larch.store.compact(revision);
        }
    }

    private void export() {
        final boolean isSwept = larch.store.sweptRevision() == larch.store.compactedRevision();
        if (export == null && isSwept && random.nextInt(300) == 0) {
            export = larch.store.export(1 + random.nextInt(random.nextBoolean() ? 20 : 5000));
            hashAtExport = model.hash(model.revision);
            historyAtExport = model.history(Math.max(1, model.compacted));
            exported.clear();
        }
        for (int i = random.nextInt(20); export != null && i > 0; i--) {
            if (export.prepare(random.nextInt(20))) {
                final byte[] record = new byte[export.recordLength()];
                export.record().getBytes(0, record);
                exported.add(record);
                export.taken();
            }
            if (export.isDone()) {
                export.close();
                export = null;
                compareImport();
            }
        }
    }

    private void compareImport() {
        try (StoreFixture copy = new StoreFixture(memory, segmentLength);
                StoreImport restored = new StoreImport(copy.store)) {
            exported.forEach(each -> restored.onRecord(new UnsafeBuffer(each), 0, each.length));
            restored.finish();
            assertEquals(hashAtExport, copy.hash(MvccStore.NEWEST));
            assertEquals(
                    historyAtExport, copy.history(Math.max(1, copy.store.compactedRevision())));
        }
    }

    /** Everything, and everything of a copy, which takes over. */
    private void compare() {
        compareAll();
        if (export != null) {
            export.close();
            export = null;
        }
        larch.compactAll();
        compareAll();
        assertEquals(model.versionCount(), larch.store.versionCount());
        final StoreFixture copy = larch.copy(1 + random.nextInt(3000), segmentLength);
        read = null;
        assertEquals(larch.store.usedBytes(), copy.store.usedBytes());
        larch.close();
        larch = copy;
        compareAll();
        assertEquals(model.versionCount(), larch.store.versionCount());
    }

    private void compareAll() {
        final KeyRange all = new KeyRange().all();
        assertEquals(model.revision, larch.store.revision());
        assertEquals(model.liveCount(), larch.store.keyCount());
        final long oldest = Math.max(1, model.compacted);
        assertEquals(model.history(oldest), larch.history(oldest));
        for (int i = 0; i < 10; i++) {
            final long revision = revision();
            assertEquals(model.range("", "\0", revision), larch.range(all, revision));
            assertEquals(model.hash(revision), larch.hash(revision));
        }
        assertEquals(
                larch.store.liveBytes() <= larch.store.usedBytes(), larch.store.liveBytes() >= 0);
    }
}
