package io.larch.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many deletions at once are what they are one by one. */
class DeleteAllTest {
    private static final int KEYS = 3000;
    private static final KeyRange ALL = new KeyRange().all();

    private static String key(final int number) {
        return String.format("k/%05d", number);
    }

    /**
     * Most of a leaf's keys, some, and few of them; also of keys that are not there, or no more.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 300})
    void shouldDoWhatSingleDeletionsDo(final int sparse) {
        final SplittableRandom random = new SplittableRandom(sparse);
        try (StoreFixture together = new StoreFixture();
                StoreFixture single = new StoreFixture()) {
            for (int i = 0; i < 2 * KEYS; i++) {
                final String key = key(random.nextInt(KEYS));
                final boolean isDelete = random.nextInt(5) == 0;
                for (final StoreFixture each : List.of(together, single)) {
                    if (isDelete) {
                        each.delete(key);
                    } else {
                        each.put(key, "v" + i);
                    }
                }
            }
            final TreeSet<String> gone = new TreeSet<>();
            for (int i = 0; i < KEYS; i++) {
                final boolean isInRun = i % 1000 < 100;
                if (isInRun || random.nextInt(sparse) == 0) {
                    gone.add(key(i));
                }
                if (random.nextInt(50) == 0) {
                    gone.add(key(i) + "x");
                }
            }
            together.store.begin();
            together.store.deleteAll(
                    gone.stream().map(key -> Bytes.of(key).byteArray()).toArray(byte[][]::new));
            together.store.commit();
            single.store.begin();
            gone.forEach(single::remove);
            single.store.commit();
            assertSame(single.store, together.store);
            assertEquals(single.history(1), together.history(1));
            assertEquals(
                    single.range(ALL, MvccStore.NEWEST), together.range(ALL, MvccStore.NEWEST));
        }
    }

    @Test
    void shouldDeleteNothingOfNothing() {
        try (StoreFixture larch = new StoreFixture()) {
            larch.store.begin();
            larch.store.deleteAll(new byte[0][]);
            larch.store.deleteAll(new byte[][] {{'a'}, {'b'}});
            assertEquals(1, larch.store.commit());
        }
    }

    private static void assertSame(final MvccStore expected, final MvccStore actual) {
        assertEquals(expected.revision(), actual.revision());
        assertEquals(expected.keyCount(), actual.keyCount());
        assertEquals(expected.versionCount(), actual.versionCount());
        assertEquals(expected.usedBytes(), actual.usedBytes());
        assertEquals(expected.liveBytes(), actual.liveBytes());
        assertEquals(expected.lastChangeCount(), actual.lastChangeCount());
        assertEquals(expected.count(ALL), actual.count(ALL));
    }
}
