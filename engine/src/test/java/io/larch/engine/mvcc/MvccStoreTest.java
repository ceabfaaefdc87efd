package io.larch.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MvccStoreTest {
    private static final KeyRange ALL = new KeyRange().all();

    private final StoreFixture larch = new StoreFixture();
    private final MvccStore store = larch.store;
    private final KeyVersion version = new KeyVersion();

    @AfterEach
    void close() {
        larch.close();
    }

    @Test
    void shouldBeginAtRevisionOne() {
        assertEquals(1, store.revision());
        assertEquals(-1, store.compactedRevision());
        assertEquals(0, store.keyCount());
        assertEquals(0, store.versionCount());
        assertEquals(0, store.usedBytes());
        assertEquals(List.of(), larch.range(ALL, MvccStore.NEWEST));
        assertEquals(List.of(), larch.history(1));
        assertEquals("none", larch.get("a", MvccStore.NEWEST));
        assertEquals(0, store.count(ALL));
    }

    @Test
    void shouldCountVersionsAndRevisionsAsEtcdDoes() {
        assertEquals(2, larch.put("a", "1"));
        assertEquals(3, larch.put("a", "2", 7));
        assertEquals("a=2 2/3/2 7", larch.get("a", MvccStore.NEWEST));
        assertEquals(4, larch.put("a", "3"));
        assertEquals("a=3 2/4/3", larch.get("a", MvccStore.NEWEST));
        assertEquals(5, larch.delete("a"));
        assertEquals("none", larch.get("a", MvccStore.NEWEST));
        assertEquals(6, larch.put("a", ""));
        assertEquals("a= 6/6/1", larch.get("a", MvccStore.NEWEST));
        assertEquals("a=2 2/3/2 7", larch.get("a", 3));
        assertEquals("none", larch.get("a", 5));
        assertEquals("none", larch.get("a", 1));
    }

    @Test
    void shouldNotMoveTheRevisionWithoutAChange() {
        larch.put("a", "1");
        assertEquals(2, larch.delete("b"));
        store.begin();
        assertEquals(2, store.commit());
        larch.delete("a");
        assertEquals(3, larch.delete("a"));
    }

    @Test
    void shouldShowATransactionWhatItHasDone() {
        larch.put("a", "1");
        store.begin();
        assertEquals("a=1 2/2/1", larch.write("a", "2", 0));
        assertEquals("none", larch.write("b", "1", 0));
        assertEquals("a=2 2/3/2", larch.get("a", MvccStore.NEWEST));
        assertEquals("a=1 2/2/1", larch.get("a", 2));
        assertEquals(List.of("a=2 2/3/2", "b=1 3/3/1"), larch.range(ALL, MvccStore.NEWEST));
        assertEquals(2, store.count(ALL));
        assertEquals("a=2 2/3/2", larch.remove("a"));
        assertEquals("none", larch.remove("a"));
        assertEquals(1, store.count(ALL));
        assertEquals("none", larch.get("a", MvccStore.NEWEST));
        assertEquals(3, store.changeCount());
        assertEquals(2, store.revision());
        assertEquals(List.of("a=1 2/2/1 < none"), larch.history(2));
        assertEquals(3, store.commit());
        assertEquals(
                List.of(
                        "a=1 2/2/1 < none",
                        "a=2 2/3/2 < a=1 2/2/1",
                        "b=1 3/3/1 < none",
                        "-a 3 < a=1 2/2/1"),
                larch.history(1));
    }

    @Test
    void shouldDeleteARangeInOrderInOneRevision() {
        for (final String key : List.of("c", "a", "b", "d")) {
            larch.put(key, key);
        }
        larch.delete("b");
        final List<String> deleted = new ArrayList<>();
        store.begin();
        final long count =
                store.deleteRange(
                        StoreFixture.range("a", "d"), each -> deleted.add(StoreFixture.text(each)));
        assertEquals(7, store.commit());
        assertEquals(2, count);
        assertEquals(List.of("a=a 3/3/1", "c=c 2/2/1"), deleted);
        assertEquals(List.of("d=d 5/5/1"), larch.range(ALL, MvccStore.NEWEST));
        assertEquals(List.of("-a 7 < a=a 3/3/1", "-c 7 < c=c 2/2/1"), larch.history(7));
        assertEquals(List.of("a=a 3/3/1", "c=c 2/2/1", "d=d 5/5/1"), larch.range(ALL, 6));
    }

    @Test
    void shouldFollowTheRulesOfRangeEnds() {
        for (final String key : List.of("a", "a\0", "ab", "b", "\0")) {
            larch.put(key, "");
        }
        assertEquals(List.of("a"), keys("a", ""));
        assertEquals(List.of("a", "a\0", "ab", "b"), keys("a", "\0"));
        assertEquals(List.of("\0", "a", "a\0", "ab", "b"), keys("\0", "\0"));
        assertEquals(List.of("a", "a\0", "ab"), keys("a", "b"));
        assertEquals(List.of("a"), keys("a", "a\0"));
        assertEquals(List.of(), keys("b", "a"));
        assertEquals(List.of(), keys("a", "a"));
        assertEquals(List.of(), keys("0", ""));
        assertEquals(List.of(), keys("c", "\0"));
        assertEquals(List.of(), keys("aa", "ab"));
    }

    private List<String> keys(final String key, final String end) {
        final KeyRange range = StoreFixture.range(key, end);
        final List<String> found = new ArrayList<>();
        final List<String> backwards = new ArrayList<>();
        final RangeCursor cursor = new RangeCursor(store);
        cursor.open(range, MvccStore.NEWEST);
        while (cursor.next(version) == Step.FOUND) {
            found.add(key(version));
        }
        cursor.openDescending(range, MvccStore.NEWEST);
        while (cursor.next(version) == Step.FOUND) {
            backwards.add(0, key(version));
        }
        assertEquals(found, backwards);
        assertEquals(found.size(), store.count(range));
        for (final String each : List.of("a", "a\0", "ab", "b", "\0")) {
            assertEquals(found.contains(each), range.contains(Bytes.of(each)));
        }
        return found;
    }

    private static String key(final KeyVersion version) {
        return Bytes.text(version.buffer(), version.keyOffset(), version.keyLength());
    }

    @Test
    void shouldKeepARangeAtItsRevisionWhileWritesGoOn() {
        for (int i = 0; i < 1000; i++) {
            larch.put("k" + i, "old");
        }
        final RangeCursor cursor = new RangeCursor(store).open(ALL, MvccStore.NEWEST);
        final long revision = store.revision();
        int found = 0;
        for (int i = 0; found < 1000; i++) {
            Step step = cursor.allow(7).next(version);
            while (step == Step.FOUND) {
                assertTrue(StoreFixture.text(version).contains("=old "));
                found++;
                step = cursor.next(version);
            }
            larch.put("k" + i, "new");
            larch.put("k" + i + "x", "new");
            larch.delete("k" + (999 - i));
            if (i == 50) {
                store.compact(revision);
            }
            store.compactSome(20);
        }
        assertEquals(Step.END, cursor.next(version));
        assertEquals(1000, cursor.passed());
    }

    @Test
    void shouldEndARangeWhoseRevisionIsCompacted() {
        larch.put("a", "1");
        larch.put("b", "1");
        final RangeCursor cursor = new RangeCursor(store).open(ALL, MvccStore.NEWEST);
        assertEquals(Step.FOUND, cursor.next(version));
        store.compact(3);
        assertEquals(Step.FOUND, cursor.next(version));
        larch.put("c", "1");
        store.compact(4);
        assertEquals(Step.COMPACTED, cursor.next(version));
        assertFalse(version.isSet());
        assertEquals(Step.COMPACTED, cursor.countRest());
    }

    @Test
    void shouldCountTheRestOfARangeInSlices() {
        for (int i = 0; i < 100; i++) {
            larch.put("k" + (100 + i), "");
        }
        for (int i = 0; i < 100; i += 2) {
            larch.delete("k" + (100 + i));
        }
        final RangeCursor cursor = new RangeCursor(store).open(ALL, MvccStore.NEWEST);
        assertEquals(Step.FOUND, cursor.next(version));
        int pauses = 0;
        while (cursor.allow(9).countRest() == Step.PAUSED) {
            pauses++;
        }
        assertEquals(50, cursor.passed());
        assertEquals(10, pauses);
        assertEquals(100, count(101));
        assertEquals(99, count(102));
    }

    private long count(final long revision) {
        final RangeCursor cursor = new RangeCursor(store).open(ALL, revision);
        assertEquals(Step.END, cursor.countRest());
        return cursor.passed();
    }

    @Test
    void shouldRefuseRevisionsThatAreNotThere() {
        larch.put("a", "1");
        larch.put("a", "2");
        larch.put("a", "3");
        store.compact(3);
        assertTrue(store.isCompacted(2));
        assertFalse(store.isCompacted(3));
        assertFalse(store.isCompacted(MvccStore.NEWEST));
        assertFalse(store.isFuture(4));
        assertTrue(store.isFuture(5));
        assertEquals("a=2 2/3/2", larch.get("a", 3));
        assertThrows(IllegalArgumentException.class, () -> larch.get("a", 2));
        assertThrows(IllegalArgumentException.class, () -> larch.get("a", 5));
        assertThrows(IllegalArgumentException.class, () -> store.compact(3));
        assertThrows(IllegalArgumentException.class, () -> store.compact(5));
        assertThrows(IllegalArgumentException.class, () -> store.hash(2));
        assertThrows(IllegalArgumentException.class, () -> larch.put("", ""));
    }

    @Test
    void shouldLeaveTheValueOut() {
        larch.put("key", "x".repeat(1000), 1L << 40);
        larch.get("key", MvccStore.NEWEST);
        final RangeCursor cursor = new RangeCursor(store).open(ALL, MvccStore.NEWEST);
        cursor.next(version);
        final ExpandableArrayBuffer target = new ExpandableArrayBuffer();
        final int end = version.putWithoutValue(target, 5);
        assertEquals(version.bytesLengthWithoutValue(), end - 5);
        assertEquals(
                "\n\3key" + "\20\2" + "\30\2" + " \1" + "0\200\200\200\200\200 ",
                Bytes.text(target, 5, end - 5));
    }

    @Test
    void shouldGiveHistoryFromAnywhereAndGoOn() {
        for (int i = 0; i < 50; i++) {
            larch.put("k" + i % 5, "v" + i);
        }
        assertEquals(51, store.revision());
        assertEquals(50, larch.history(1).size());
        assertEquals(1, larch.history(51).size());
        assertEquals(0, larch.history(52).size());
        final HistoryCursor cursor = new HistoryCursor(store).open(53);
        assertEquals(Step.END, cursor.next(version));
        larch.put("early", "");
        assertEquals(Step.END, cursor.next(version));
        larch.put("right", "");
        assertEquals(Step.FOUND, cursor.next(version));
        assertEquals("right= 53/53/1", StoreFixture.text(version));
        assertEquals(54, cursor.nextRevision());
        assertEquals(Step.END, cursor.next(version));
        store.compact(53);
        larch.put("more", "");
        assertEquals(Step.PAUSED, cursor.allow(0).next(version));
        assertEquals(Step.FOUND, cursor.allow(1).next(version));
        larch.put("a", "");
        larch.put("b", "");
        store.compact(55);
        assertEquals(Step.FOUND, cursor.allow(1).next(version));
        store.compact(56);
        assertEquals(Step.FOUND, cursor.allow(1).next(version));
        larch.put("c", "");
        larch.put("d", "");
        store.compact(58);
        assertEquals(Step.COMPACTED, cursor.next(version));
    }

    @Test
    void shouldKnowWhatAnOldVersionReplaced() {
        larch.put("a", "1");
        larch.put("a", "2");
        larch.delete("a");
        larch.put("a", "3");
        assertEquals(
                List.of(
                        "a=1 2/2/1 < none",
                        "a=2 2/3/2 < a=1 2/2/1",
                        "-a 4 < a=2 2/3/2",
                        "a=3 5/5/1 < none"),
                larch.history(2));
        store.compact(3);
        final List<String> left =
                List.of("a=2 2/3/2 < none", "-a 4 < a=2 2/3/2", "a=3 5/5/1 < none");
        assertEquals(left, larch.history(3));
        larch.compactAll();
        assertEquals(left, larch.history(3));
    }

    @Test
    void shouldNeverNeedMoreThanItSays() {
        long used = store.usedBytes();
        for (final int length : new int[] {1, 7, 100, 127, 128, 20_000}) {
            final String key = "k".repeat(length);
            for (int i = 0; i < 3; i++) {
                larch.put(key, "v".repeat(length), Long.MIN_VALUE);
                final long grown = store.usedBytes() - used;
                assertTrue(grown <= MvccStore.growthOfPut(length, length));
                assertTrue(grown >= MvccStore.growthOfPut(length, length) - 80);
                used = store.usedBytes();
            }
            larch.delete(key);
            assertTrue(store.usedBytes() - used <= MvccStore.growthOfDelete(length));
            used = store.usedBytes();
        }
        assertTrue(store.allocatedBytes() > store.usedBytes());
    }

    @Test
    void shouldGiveAllBackWhenAllIsDeletedAndCompacted() {
        for (int i = 0; i < 10_000; i++) {
            larch.put("key-" + i, "value");
        }
        assertTrue(store.liveBytes() <= store.usedBytes());
        for (int i = 0; i < 10_000; i++) {
            larch.delete("key-" + i);
        }
        assertEquals(0, store.liveBytes());
        larch.put("other", "");
        store.compact(store.revision());
        larch.compactAll();
        assertEquals(1, store.versionCount());
        assertEquals(store.liveBytes(), store.usedBytes());
        assertEquals(List.of("other= 20002/20002/1"), larch.range(ALL, MvccStore.NEWEST));
    }

    @Test
    void shouldHoldValuesLargerThanASegment() {
        try (StoreFixture small = new StoreFixture(4096)) {
            final String large = "x".repeat(50_000);
            small.put("a", "1");
            small.put("b", large);
            small.put("c", "2");
            small.put("b", large);
            assertEquals("b=" + large + " 3/5/2", small.get("b", MvccStore.NEWEST));
            small.store.compact(5);
            small.compactAll();
            assertEquals(3, small.range(ALL, MvccStore.NEWEST).size());
            assertEquals("b=" + large + " 3/5/2", small.get("b", 5));
            assertTrue(small.store.log().allocatedBytes() < 150_000);
        }
    }
}
