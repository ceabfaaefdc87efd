package io.larch.engine.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.keys.StoreStats.Counter;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StoreSnapshotTest {
    private final StoreFixture larch = small();
    private final StoreFixture restored = small();

    @AfterEach
    void close() {
        larch.close();
        restored.close();
    }

    private static StoreFixture small() {
        return new StoreFixture(
                new StoreContext().maxNodes(100_000).eventHistoryCapacity(50).conclude());
    }

    @Test
    void shouldRestoreAnEmptyStore() {
        restored.store.restore(StoreFixture.source(larch.snapshot()));
        assertEquals(0, restored.store.index());
        assertEquals("created set {/a=1 m1 c1} @1", restored.set("/a", "1").run());
    }

    @Test
    void shouldGoOnAsTheOtherDoes() {
        larch.store.applyInternal();
        larch.mkdir("/d").ttl(50).run();
        larch.set("/d/late", "1").ttl(9).run();
        larch.set("/d/a", "1").ttl(9).run();
        larch.set("/d/b", "1").refresh().run();
        larch.set("/x/y/z", "value").run();
        larch.delete("/x").recursive().run();
        larch.set("/none/x", "").refresh().run();
        restored.store.restore(StoreFixture.source(larch.snapshot()));

        for (final StoreFixture store : List.of(larch, restored)) {
            store.watch(1, "/x/y").index(2).run();
            store.watch(2, "/").recursive().stream().index(1).run();
            store.sync(9);
            store.post("/d", "x").run();
            store.sync(50);
            store.told.add(store.get("/").recursive().run());
        }
        assertEquals(larch.told(), restored.told());
        assertEquals(larch.store.digest(), restored.store.digest());
        assertEquals(larch.store.usedBytes(), restored.store.usedBytes());
        for (final Counter counter : Counter.values()) {
            if (counter.isReplicated()) {
                assertEquals(
                        larch.store.stats().get(counter),
                        restored.store.stats().get(counter),
                        counter.name());
            }
        }
    }

    @Test
    void shouldKeepTheHistoryAsItWasWhenTheSnapshotBegan() {
        for (int i = 1; i <= 80; i++) {
            larch.set("/k", "v" + i).run();
        }
        final Deque<byte[]> records = new ArrayDeque<>();
        larch.store.beginSnapshot();
        boolean isComplete = false;
        for (int i = 81; i <= 300 || !isComplete; i++) {
            larch.set("/k", "v" + i).run();
            if (!isComplete && i % 4 == 0) {
                isComplete = larch.store.writeSnapshot(StoreFixture.sink(records), 1);
            }
        }
        restored.store.restore(StoreFixture.source(records));
        assertEquals(80, restored.store.index());
        assertEquals(
                "401 the requested history has been cleared [31/30] @80",
                restored.watch(1, "/k").index(30).run());
        restored.watch(2, "/k").stream().index(31).run();
        assertEquals(51, restored.told().size());
        assertEquals("get {/k=v80 m80 c80} @80", restored.get("/k").run());
    }

    @Test
    void shouldChooseTheSameIdsAsTheOther() {
        for (int i = 0; i < 200; i++) {
            larch.set("/k" + i, "v").run();
        }
        for (int i = 0; i < 200; i += 3) {
            larch.delete("/k" + i).run();
        }
        restored.store.restore(StoreFixture.source(larch.snapshot()));
        for (int i = 0; i < 100; i++) {
            larch.set("/n" + i, "v").run();
            restored.set("/n" + i, "v").run();
        }
        final List<String> one = larch.snapshot().stream().map(String::new).toList();
        final List<String> other = restored.snapshot().stream().map(String::new).toList();
        assertEquals(one, other);
    }

    @Test
    void shouldHoldBackWhatASinkDoesNotTake() {
        larch.set("/a", "v".repeat(300_000)).run();
        larch.store.beginSnapshot();
        for (int i = 0; i < 100; i++) {
            assertFalse(larch.store.writeSnapshot((buffer, offset, length) -> false, 10));
        }
        larch.delete("/a").run();
        final Deque<byte[]> records = new ArrayDeque<>();
        while (!larch.store.writeSnapshot(StoreFixture.sink(records), 1)) {
            // Goes on until it is complete.
        }
        for (final byte[] record : records) {
            assertTrue(record.length <= 64 * 1024);
        }
        restored.store.restore(StoreFixture.source(records));
        assertEquals("get {/a=" + "v".repeat(300_000) + " m1 c1} @1", restored.get("/a").run());
    }

    @Test
    void shouldTakeAnotherSnapshotAfterOneWasGivenUp() {
        larch.set("/a", "1").run();
        larch.store.beginSnapshot();
        assertThrows(IllegalStateException.class, larch.store::beginSnapshot);
        larch.set("/a", "2").run();
        larch.store.abortSnapshot();
        larch.store.abortSnapshot();
        larch.set("/a", "3").run();
        restored.store.restore(StoreFixture.source(larch.snapshot()));
        assertEquals(larch.store.digest(), restored.store.digest());
    }

    @Test
    void shouldRefuseSnapshotsThatAreNotWhole() {
        for (int i = 0; i < 50; i++) {
            larch.set("/d" + i + "/k", "v".repeat(i)).run();
        }
        final byte[] whole = larch.snapshot().remove();
        for (int cut = 0; cut < whole.length; cut += 97) {
            final Deque<byte[]> records = new ArrayDeque<>();
            records.add(Arrays.copyOf(whole, cut));
            try (StoreFixture broken = small()) {
                assertThrows(
                        IllegalStateException.class,
                        () -> broken.store.restore(StoreFixture.source(records)));
            }
        }
        larch.store.applyInternal();
        assertThrows(
                IllegalStateException.class,
                () -> larch.store.restore(StoreFixture.source(new ArrayDeque<>())));
    }
}
