package io.larch.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StoreExportTest {
    private static final KeyRange ALL = new KeyRange().all();
    private static final int SEGMENT_LENGTH = 4096;

    private final StoreFixture larch = new StoreFixture(SEGMENT_LENGTH);
    private final MvccStore store = larch.store;

    @BeforeEach
    void fill() {
        for (int i = 0; i < 60; i++) {
            larch.put("k" + i % 7, "v".repeat(i % 4 * 50) + i, i % 3);
            if (i % 5 == 0) {
                larch.delete("k" + i % 4);
            }
        }
    }

    @AfterEach
    void close() {
        larch.close();
    }

    @Test
    void shouldGiveTheSameStoreInRecordsOfAnyLength() {
        for (final int length : new int[] {1, 2, 3, 64, 1000, 1 << 20}) {
            for (final byte[] record : larch.export(length)) {
                assertTrue(record.length <= length);
            }
            try (StoreFixture copy = larch.copy(length, SEGMENT_LENGTH)) {
                assertSame(larch, copy);
            }
        }
    }

    private static void assertSame(final StoreFixture left, final StoreFixture right) {
        assertEquals(left.store.revision(), right.store.revision());
        assertEquals(left.store.compactedRevision(), right.store.compactedRevision());
        assertEquals(left.store.usedBytes(), right.store.usedBytes());
        assertEquals(left.store.liveBytes(), right.store.liveBytes());
        assertEquals(left.store.keyCount(), right.store.keyCount());
        final long from = Math.max(1, left.store.compactedRevision());
        assertEquals(left.history(from), right.history(from));
        for (long revision = from; revision <= left.store.revision(); revision++) {
            assertEquals(left.range(ALL, revision), right.range(ALL, revision));
            assertEquals(left.hash(revision), right.hash(revision));
        }
    }

    @Test
    void shouldCopyAnEmptyStore() {
        try (StoreFixture empty = new StoreFixture();
                StoreFixture copy = empty.copy(10, SEGMENT_LENGTH)) {
            assertSame(empty, copy);
            assertEquals(2, copy.put("a", ""));
        }
    }

    /** Members of which one was restored, and one compacted in other slices, write the same. */
    @Test
    void shouldWriteTheSameBytesForTheSameState() {
        try (StoreFixture copy = larch.copy(100, 1 << 20)) {
            store.compact(30);
            copy.store.compact(30);
            while (store.compactSome(1)) {
                // In the smallest slices.
            }
            copy.compactAll();
            assertSame(larch, copy);
            assertSameRecords(larch.export(33), copy.export(33));
        }
    }

    private static void assertSameRecords(final List<byte[]> left, final List<byte[]> right) {
        assertEquals(left.size(), right.size());
        for (int i = 0; i < left.size(); i++) {
            assertArrayEquals(left.get(i), right.get(i));
        }
    }

    @Test
    void shouldShowOneMomentWhileWritesAndCompactionsGoOn() {
        final List<byte[]> expected = larch.export(50);
        final List<byte[]> records = new ArrayList<>();
        try (StoreExport export = store.export(50)) {
            while (!export.isDone()) {
                larch.put("k" + records.size(), "later");
                larch.delete("k1");
                if (records.size() == 5) {
                    store.compact(store.revision());
                }
                assertFalse(store.compactSome(1000));
                if (export.prepare(2)) {
                    assertTrue(export.prepare(0));
                    final byte[] record = new byte[export.recordLength()];
                    export.record().getBytes(0, record);
                    records.add(record);
                    export.taken();
                }
            }
        }
        assertSameRecords(expected, records);
        assertTrue(store.compactSome(1));
        larch.compactAll();
    }

    @Test
    void shouldWaitForCompactionAndTransactions() {
        store.compact(10);
        assertThrows(IllegalStateException.class, () -> store.export(100));
        larch.compactAll();
        store.begin();
        assertThrows(IllegalStateException.class, () -> store.export(100));
        store.commit();
        final StoreExport export = store.export(100);
        store.compact(20);
        assertFalse(store.compactSome(1000));
        export.close();
        export.close();
        assertTrue(store.compactSome(1));
        larch.compactAll();
    }

    @Test
    void shouldRefuseWhatIsNotWhole() {
        final List<byte[]> records = larch.export(40);
        for (int missing = 0; missing < records.size(); missing++) {
            final List<byte[]> others = new ArrayList<>(records);
            others.remove(missing);
            assertThrows(IllegalStateException.class, () -> restore(others));
        }
        records.add(new byte[1]);
        assertThrows(IllegalStateException.class, () -> restore(records));
        assertThrows(IllegalStateException.class, () -> new StoreImport(store));
    }

    private static void restore(final List<byte[]> records) {
        try (StoreFixture copy = new StoreFixture(SEGMENT_LENGTH);
                StoreImport restored = new StoreImport(copy.store)) {
            for (final byte[] record : records) {
                restored.onRecord(new UnsafeBuffer(record), 0, record.length);
            }
            restored.finish();
        }
    }

    /**
     * Flips bits everywhere; what comes of it is an error or a store, but never an end of the
     * process.
     */
    @Test
    @Tag("slow")
    void shouldStandDamage() {
        final byte[] whole = larch.export(1 << 20).get(0);
        int refused = 0;
        for (int at = 0; at < whole.length; at += 5) {
            final byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            try {
                restore(List.of(damaged));
            } catch (final IllegalStateException e) {
                refused++;
            }
        }
        assertTrue(refused > whole.length / 50, refused + " of " + whole.length);
    }
}
