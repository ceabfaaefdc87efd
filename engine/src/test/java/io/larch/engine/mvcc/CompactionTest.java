package io.larch.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CompactionTest {
    private static final KeyRange ALL = new KeyRange().all();
    private static final int SEGMENT_LENGTH = 1 << 14;

    private final StoreFixture larch = new StoreFixture(SEGMENT_LENGTH);
    private final MvccStore store = larch.store;

    @AfterEach
    void close() {
        larch.close();
    }

    /** etcd issues 18089 and 19179: the watch from there on has to be told. */
    @Test
    void shouldKeepADeletionAtTheCompactedRevision() {
        larch.put("a", "1");
        larch.delete("a");
        larch.put("b", "1");
        store.compact(3);
        larch.compactAll();
        assertEquals(List.of("-a 3 < none", "b=1 4/4/1 < none"), larch.history(3));
        assertEquals("none", larch.get("a", 3));
        assertEquals(2, store.versionCount());
        store.compact(4);
        larch.compactAll();
        assertEquals(List.of("b=1 4/4/1 < none"), larch.history(4));
        assertEquals(1, store.versionCount());
    }

    @Test
    void shouldKeepADeletionAtTheCompactedRevisionWhenTheKeyWasMadeAgain() {
        larch.put("a", "1");
        larch.delete("a");
        larch.put("a", "2");
        larch.put("a", "3");
        store.compact(3);
        larch.compactAll();
        assertEquals(
                List.of("-a 3 < none", "a=2 4/4/1 < none", "a=3 4/5/2 < a=2 4/4/1"),
                larch.history(3));
        store.compact(4);
        larch.compactAll();
        assertEquals(List.of("a=2 4/4/1 < none", "a=3 4/5/2 < a=2 4/4/1"), larch.history(4));
        assertEquals("a=2 4/4/1", larch.get("a", 4));
        assertEquals(2, store.versionCount());
    }

    @Test
    void shouldForgetADeletionBelowTheCompactedRevision() {
        larch.put("a", "1");
        larch.delete("a");
        larch.put("b", "1");
        larch.put("a", "2");
        store.compact(4);
        larch.compactAll();
        assertEquals("none", larch.get("a", 4));
        assertEquals("a=2 5/5/1", larch.get("a", 5));
        assertEquals(List.of("b=1 4/4/1 < none", "a=2 5/5/1 < none"), larch.history(4));
        assertEquals(2, store.versionCount());
    }

    /** etcd issue 17780: there the revision was found by what compaction had left. */
    @Test
    void shouldKeepTheRevisionWhenAllOfItIsGone() {
        larch.put("a", "1");
        larch.delete("a");
        store.compact(3);
        larch.put("b", "1");
        larch.delete("b");
        store.compact(5);
        larch.compactAll();
        assertEquals(5, store.revision());
        assertEquals(1, store.versionCount());
        try (StoreFixture copy = larch.copy(7, SEGMENT_LENGTH)) {
            assertEquals(5, copy.store.revision());
            assertEquals(5, copy.store.compactedRevision());
            assertEquals(6, copy.put("c", "1"));
            copy.store.compact(6);
            copy.compactAll();
            assertEquals(List.of("c=1 6/6/1"), copy.range(ALL, MvccStore.NEWEST));
        }
    }

    /** etcd issue 20271: freed memory that was still looked at. */
    @Test
    void shouldReadOnWhileAllThatIsReadIsMoved() {
        final String value = "v".repeat(200);
        for (int i = 0; i < 3000; i++) {
            larch.put("k" + i % 1000, value + i);
        }
        store.compact(store.revision());
        final List<String> all = larch.range(ALL, MvccStore.NEWEST);
        final RangeCursor cursor = new RangeCursor(store).open(ALL, MvccStore.NEWEST);
        final StoreHash hash = store.hash(MvccStore.NEWEST);
        final HistoryCursor history = new HistoryCursor(store).open(store.revision());
        final KeyVersion version = new KeyVersion();
        int read = 0;
        boolean isMore = true;
        while (isMore || read < all.size()) {
            isMore = store.compactSome(7);
            if (cursor.allow(2).next(version) == Step.FOUND) {
                assertEquals(all.get(read++), StoreFixture.text(version));
            }
            hash.run(3);
        }
        assertEquals(Step.FOUND, history.next(version));
        assertEquals("k999=" + value + 2999, StoreFixture.text(version).split(" ")[0]);
        assertEquals(all, larch.range(ALL, MvccStore.NEWEST));
        assertEquals(Step.FOUND, hash.run(100_000));
        assertEquals(larch.hash(MvccStore.NEWEST), hash.value());
        assertEquals(1000, store.versionCount());
        assertTrue(store.log().allocatedBytes() < 2 * store.usedBytes());
    }

    @Test
    void shouldShowAllAfterEachStep() {
        for (int i = 0; i < 300; i++) {
            larch.put("stays" + i, "v".repeat(100));
        }
        for (int i = 0; i < 600; i++) {
            larch.put("k" + i % 200, "v".repeat(100) + i);
        }
        store.compact(880);
        final int hash = larch.hash(MvccStore.NEWEST);
        final List<String> history = larch.history(880);
        while (store.compactSome(1)) {
            assertEquals(hash, larch.hash(MvccStore.NEWEST));
            assertEquals(history, larch.history(880));
        }
        assertEquals(521, store.versionCount());
    }

    @Test
    void shouldGiveMemoryBackHoweverTheDeadLie() {
        final String value = "v".repeat(200);
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 1000; i++) {
                // One in ten stays for good.
                larch.put(i % 10 == 0 ? "keep-" + round + "-" + i : "k" + i, value);
            }
            store.compact(store.revision());
            larch.compactAll();
            assertTrue(store.log().allocatedBytes() < 2 * store.usedBytes() + 3 * SEGMENT_LENGTH);
        }
        final int segments = store.log().segmentCount();
        final long most = 2 * store.usedBytes() / SEGMENT_LENGTH + 10;
        assertTrue(segments < most, segments + " segments");
        assertEquals(2900, store.keyCount());
    }

    @Test
    void shouldTakeFurtherCompactionsWhileItIsAtWork() {
        for (int i = 0; i < 2000; i++) {
            larch.put("k" + i % 100, "v" + i);
            if (i % 50 == 49) {
                store.compact(store.revision() - 10);
            }
            if (i % 10 == 0) {
                larch.delete("k" + i % 70);
            }
            store.compactSome(3);
        }
        larch.put("last", "");
        final List<String> before = larch.range(ALL, MvccStore.NEWEST);
        store.compact(store.revision());
        larch.compactAll();
        assertEquals(before, larch.range(ALL, MvccStore.NEWEST));
        assertEquals(before.size(), store.versionCount());
        assertEquals(store.liveBytes(), store.usedBytes());
    }

    @Test
    void shouldTellHowFarItHasCome() {
        for (int i = 0; i < 100; i++) {
            larch.put("k", "v" + i);
        }
        store.compact(50);
        assertEquals(-1, store.sweptRevision());
        assertTrue(store.compactSome(10));
        assertEquals(-1, store.sweptRevision());
        assertEquals("k=v48 2/50/49", larch.get("k", 50));
        larch.compactAll();
        assertEquals(50, store.sweptRevision());
        assertFalse(store.compactSome(10));
        assertEquals(52, store.versionCount());
    }

    @Test
    void shouldNotRunInATransaction() {
        store.begin();
        assertThrows(IllegalStateException.class, () -> store.compactSome(1));
        store.commit();
        assertFalse(store.compactSome(1));
    }
}
