package io.larch.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A store that was filled at once is the one that it came from, also for all that is yet to come.
 */
class BulkLoadTest {
    private static final KeyRange ALL = new KeyRange().all();
    private static final int SEGMENT_LENGTH = 1 << 14;
    private static final int RECORD_LENGTH = 1000;
    private static final int STEPS = 1500;

    private final Random random = new Random(1);
    private final StoreFixture larch = new StoreFixture(SEGMENT_LENGTH);
    private final List<String> names = new ArrayList<>();

    @AfterEach
    void close() {
        larch.close();
    }

    @Test
    void shouldLoadNothing() {
        compare();
    }

    @Test
    void shouldLoadOneKey() {
        put("key");
        compare();
    }

    @Test
    void shouldLoadOneDeletion() {
        put("key");
        larch.delete("key");
        larch.store.compact(2);
        compare();
    }

    @Test
    void shouldLoadKeysOfHighestAndLowestBytes() {
        for (int length = 1; length < 200; length++) {
            put("\377".repeat(length));
            put("\0".repeat(length));
            put("\377".repeat(length) + "\0");
            put("\0".repeat(length) + "\377");
        }
        compare();
    }

    /** More of them than heads are asked for. */
    @Test
    void shouldLoadKeysThatAreEachTheBeginningOfTheNext() {
        for (int length = 1; length < 600; length++) {
            put("a".repeat(1 + length * 7 % 600));
        }
        compare();
    }

    @Test
    void shouldLoadKeysThatEndInZeros() {
        for (final String beginning : List.of("", "a", "abcdefg", "abcdefgh")) {
            for (int zeros = 0; zeros < 20; zeros++) {
                put(beginning + "\0".repeat(zeros) + (zeros % 3 == 0 ? "x" : ""));
                put(beginning + "x" + "\0".repeat(zeros));
            }
        }
        compare();
    }

    @Test
    void shouldLoadManyGenerationsOfOneKey() {
        for (int i = 0; i < 3000; i++) {
            put("key");
            if (i % 50 == 0) {
                larch.delete("key");
            }
        }
        put("key0");
        compare();
    }

    /** The index has room for keys, not for all their versions. */
    @Test
    void shouldTakeNoMoreMemoryThanBefore() {
        for (int i = 0; i < 40_000; i++) {
            put("key");
        }
        try (StoreFixture copy = larch.copy(RECORD_LENGTH, SEGMENT_LENGTH)) {
            assertEquals(larch.store.index().allocatedBytes(), copy.store.index().allocatedBytes());
        }
    }

    @Test
    void shouldLoadKeysInOrder() {
        for (int i = 0; i < LeafNodes.CAPACITY * InnerNodes.CAPACITY + 1; i++) {
            put(String.format("/registry/things/%08d", i));
        }
        compare();
    }

    @Test
    void shouldLoadKeysOfManyDirectories() {
        for (int i = 0; i < 4000; i++) {
            put("/registry/kind" + pick(3) + "/namespace-" + pick(40) + "/name-" + pick(100_000));
        }
        compare();
    }

    @Test
    void shouldLoadKeysOfAnyBytes() {
        for (int i = 0; i < 4000; i++) {
            put(bytes(1 + pick(pick(4) == 0 ? 300 : 12)));
        }
        compare();
    }

    @Test
    void shouldLoadHistoryWithDeletions() {
        writeHistory();
        compare();
    }

    @Test
    void shouldLoadWhatACompactionHasLeft() {
        writeHistory();
        larch.store.compact(larch.store.revision() * 2 / 3);
        compare();
    }

    @Test
    void shouldLoadWhatACompactionAtTheNewestRevisionHasLeft() {
        writeHistory();
        larch.store.compact(larch.store.revision());
        compare();
    }

    private void writeHistory() {
        for (int i = 0; i < 3000; i++) {
            final String name = "/a/" + pick(300);
            if (pick(4) == 0) {
                larch.delete(name);
            } else {
                put(name);
            }
        }
    }

    private int pick(final int bound) {
        return random.nextInt(bound);
    }

    private String bytes(final int length) {
        return IntStream.range(0, length)
                .mapToObj(i -> String.valueOf((char) pick(256)))
                .collect(Collectors.joining());
    }

    private void put(final String name) {
        names.add(name);
        larch.put(name, "v".repeat(pick(30)), pick(3));
    }

    /** Loads a copy, looks at both, goes on with both, and looks again. */
    private void compare() {
        larch.compactAll();
        try (StoreFixture copy = larch.copy(RECORD_LENGTH, SEGMENT_LENGTH)) {
            assertSame(copy);
            goOn(copy);
            assertSame(copy);
            larch.compactAll();
            copy.compactAll();
            assertSame(copy);
        }
    }

    private void goOn(final StoreFixture copy) {
        names.add("new");
        for (int i = 0; i < STEPS; i++) {
            final String name = name();
            if (pick(3) == 0) {
                assertEquals(larch.delete(name), copy.delete(name));
            } else {
                assertEquals(larch.put(name, "w", 0), copy.put(name, "w", 0));
            }
            if (pick(STEPS / 5) == 0) {
                final long compacted = revision();
                if (compacted > larch.store.compactedRevision()) {
                    larch.store.compact(compacted);
                    copy.store.compact(compacted);
                }
            }
            if (pick(10) == 0) {
                larch.store.compactSome(pick(100));
                copy.store.compactSome(pick(100));
            }
        }
    }

    /** One that was written, or one near it. */
    private String name() {
        final String name = names.get(pick(names.size()));
        return switch (pick(4)) {
            case 0 -> name + (char) pick(256);
            case 1 -> name.substring(0, 1 + pick(name.length()));
            default -> name;
        };
    }

    private long revision() {
        final long oldest = Math.max(1, larch.store.compactedRevision());
        return oldest + random.nextLong(larch.store.revision() - oldest + 1);
    }

    private static boolean isSwept(final MvccStore store) {
        return store.sweptRevision() == store.compactedRevision();
    }

    private void assertSame(final StoreFixture copy) {
        assertEquals(larch.store.revision(), copy.store.revision());
        assertEquals(larch.store.compactedRevision(), copy.store.compactedRevision());
        assertEquals(larch.store.keyCount(), copy.store.keyCount());
        assertEquals(larch.store.liveBytes(), copy.store.liveBytes());
        if (isSwept(larch.store) && isSwept(copy.store)) {
            assertEquals(larch.store.versionCount(), copy.store.versionCount());
            assertEquals(larch.store.usedBytes(), copy.store.usedBytes());
        }
        final long oldest = Math.max(1, larch.store.compactedRevision());
        assertEquals(larch.history(oldest), copy.history(oldest));
        for (int i = 0; i < 5; i++) {
            final long revision = i == 0 ? MvccStore.NEWEST : revision();
            assertEquals(larch.hash(revision), copy.hash(revision));
            assertEquals(larch.range(ALL, revision), copy.range(ALL, revision));
        }
        for (int i = 0; i < 200 && !names.isEmpty(); i++) {
            final String key = name();
            final KeyRange range = StoreFixture.range(key, name());
            final long revision = revision();
            assertEquals(larch.get(key, revision), copy.get(key, revision));
            assertEquals(larch.store.count(range), copy.store.count(range));
        }
    }
}
