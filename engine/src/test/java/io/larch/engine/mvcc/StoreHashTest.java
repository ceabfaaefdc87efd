package io.larch.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The numbers are those that etcd 3.4.23 gave for the same changes ({@code endpoint hashkv}). */
class StoreHashTest {
    private static final long EMPTY = 1084519789L;

    private final StoreFixture larch = new StoreFixture();
    private final MvccStore store = larch.store;

    @AfterEach
    void close() {
        larch.close();
    }

    private void assertHash(final long expected, final long revision) {
        assertEquals(expected, Integer.toUnsignedLong(larch.hash(revision)));
    }

    @BeforeEach
    void shouldBeThatOfEtcdWithoutCompaction() {
        assertHash(EMPTY, MvccStore.NEWEST);
        larch.put("a", "1");
        larch.put("b", "2");
        larch.put("a", "3");
        assertHash(2069675932L, MvccStore.NEWEST);
        larch.put("c", "value", 4111120307940251912L);
        larch.delete("b");
        assertHash(1311886127L, MvccStore.NEWEST);
        store.begin();
        larch.write("d", "4", 0);
        larch.write("e", "5", 0);
        larch.remove("a");
        store.commit();
        assertHash(3263810925L, MvccStore.NEWEST);
        assertHash(2069675932L, 4);
        assertHash(1311886127L, 6);
        larch.put("b", "again");
        larch.put("long", "x".repeat(300));
        larch.put("empty", "");
        assertHash(2697215526L, MvccStore.NEWEST);
        assertEquals(10, store.revision());
    }

    @Test
    void shouldBeThatOfEtcdWhateverOfACompactionIsDone() {
        store.compact(6);
        assertHashesAfterCompaction();
        while (store.compactSome(1)) {
            assertHashesAfterCompaction();
        }
        assertHashesAfterCompaction();
        try (StoreFixture copy = larch.copy(100, RevisionLog.SEGMENT_LENGTH)) {
            assertEquals(larch.hash(7), copy.hash(7));
        }
    }

    private void assertHashesAfterCompaction() {
        assertHash(171998717L, MvccStore.NEWEST);
        assertHash(171998717L, 10);
        assertHash(351166013L, 8);
        assertHash(1655271912L, 7);
        assertThrows(IllegalArgumentException.class, () -> store.hash(5));
        final StoreHash hash = store.hash(MvccStore.NEWEST);
        assertEquals(10, hash.revision());
        assertEquals(6, hash.compactedRevision());
        assertThrows(IllegalStateException.class, hash::value);
    }

    @Test
    void shouldBeThatOfEtcdWhenAllIsDeleted() {
        store.compact(6);
        larch.compactAll();
        store.begin();
        store.deleteRange(new KeyRange().all(), null);
        store.commit();
        assertHash(1884785301L, MvccStore.NEWEST);
        assertHash(171998717L, 10);
        store.compact(9);
        for (boolean isMore = true; isMore; isMore = store.compactSome(1)) {
            assertHash(88243401L, MvccStore.NEWEST);
            assertHash(2348812558L, 10);
        }
        store.compact(11);
        for (boolean isMore = true; isMore; isMore = store.compactSome(1)) {
            assertHash(EMPTY, MvccStore.NEWEST);
        }
        larch.put("z", "1");
        assertHash(3615936642L, MvccStore.NEWEST);
    }

    @Test
    void shouldBeginAgainWhenACompactionComesInBetween() {
        final StoreHash newest = store.hash(MvccStore.NEWEST);
        final StoreHash old = store.hash(7);
        assertEquals(Step.PAUSED, newest.run(3));
        assertEquals(Step.PAUSED, old.run(3));
        larch.put("later", "");
        store.compact(6);
        larch.compactAll();
        assertEquals(Step.PAUSED, newest.run(3));
        Step step = newest.run(2);
        while (step == Step.PAUSED) {
            step = newest.run(2);
        }
        assertEquals(Step.FOUND, step);
        assertEquals(171998717L, Integer.toUnsignedLong(newest.value()));
        assertEquals(10, newest.revision());
        assertEquals(6, newest.compactedRevision());
        store.compact(8);
        assertEquals(Step.COMPACTED, old.run(100));
    }
}
