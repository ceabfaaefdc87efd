package io.larch.engine.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A removal takes effect at once; what it leaves behind is given back by the entries after it. */
class StoreRemovalTest {
    private static final int STEPS = 4;
    private static final long EMPTY_BYTES = 160;

    private final StoreFixture larch = fixture();
    private final StoreFixture other = fixture();

    private static StoreFixture fixture() {
        return new StoreFixture(
                new StoreContext()
                        .maxNodes(1000)
                        .maxBytes(1 << 20)
                        .freeSteps(STEPS, 50)
                        .expiredPerSync(10)
                        .conclude());
    }

    @AfterEach
    void close() {
        larch.close();
        other.close();
    }

    private static void fill(final StoreFixture store, final String dir, final int count) {
        for (int i = 0; i < count; i++) {
            store.set(dir + "/" + i % 7 + "/k" + i, "v" + i).run();
        }
    }

    @Test
    void shouldHideAllOfASubtreeAtOnce() {
        fill(larch, "/d", 100);
        larch.set("/e", "stays").run();
        larch.delete("/d").recursive().run();

        assertTrue(larch.store.isGivingBack());
        assertEquals("100 /d @102", larch.get("/d").run());
        assertEquals("100 /d @102", larch.get("/d/3/k3").run());
        assertEquals("100 /d @102", larch.get("/d/3/k3/below").run());
        assertFalse(larch.get("/").recursive().run().contains("/d"));
        assertTrue(larch.get("/").recursive().run().contains("/e=stays"));
        assertEquals("100 /d @102", larch.update("/d/3/k3", "x").run());
        assertEquals("100 /d @102", larch.delete("/d/3/k3").run());
        larch.giveBackAll();
        assertEquals(2, larch.store.nodeCount());
    }

    @Test
    void shouldGiveBackSoMuchWithEachEntry() {
        fill(larch, "/d", 100);
        final long nodes = larch.store.nodeCount();
        larch.delete("/d").recursive().run();
        // Two steps down to the first leaf.
        assertEquals(nodes - STEPS + 2, larch.store.nodeCount());

        larch.set("/x", "1").run();
        assertEquals(nodes - 2 * STEPS + 2 + 1, larch.store.nodeCount());
        larch.sync(0);
        larch.sync(0);
        larch.sync(0);
        assertFalse(larch.store.isGivingBack());
        assertEquals(2, larch.store.nodeCount());
        larch.delete("/x").run();
        assertEquals(EMPTY_BYTES, larch.store.usedBytes());
    }

    @Test
    void shouldLeaveAloneWhatWasMadeAnewAtTheSamePaths() {
        fill(larch, "/d", 60);
        larch.delete("/d").recursive().run();
        for (int i = 59; i >= 0; i -= 2) {
            larch.set("/d/" + i % 7 + "/k" + i, "new" + i).run();
        }
        larch.giveBackAll();
        for (int i = 0; i < 60; i++) {
            final String found = larch.get("/d/" + i % 7 + "/k" + i).run();
            assertEquals(i % 2 == 1, found.contains("=new" + i), found);
        }
        assertEquals(30 + 7 + 2, larch.store.nodeCount());
    }

    /** What a snapshot brought is found in another way than what came since. */
    @Test
    void shouldLeaveAloneWhatWasMadeAnewAtPathsOfASnapshot() {
        // Below such a name paths are keyed by that node; the longest is keyed by its digest.
        final String deep = "/d/" + "m".repeat(300);
        final String deepest = deep + "/" + "x".repeat(600);
        fill(other, "/d", 30);
        fill(other, deep, 30);
        other.set(deepest, "far").run();
        larch.store.restore(StoreFixture.source(other.snapshot()));
        final long nodes = other.store.nodeCount();
        for (int round = 0; round < 3; round++) {
            larch.delete("/d").recursive().run();
            assertTrue(larch.store.isGivingBack());
            assertTrue(larch.get(deepest).run().startsWith("100 /d "));
            fill(larch, "/d", 30);
            larch.giveBackAll();
            fill(larch, deep, 30);
            larch.set(deepest, "again").run();

            assertEquals(nodes, larch.store.nodeCount());
            for (int i = 0; i < 30; i++) {
                assertTrue(larch.get("/d/" + i % 7 + "/k" + i).run().contains("=v" + i));
                assertTrue(larch.get(deep + "/" + i % 7 + "/k" + i).run().contains("=v" + i));
            }
            assertTrue(larch.get(deepest).run().contains("=again"));
        }
    }

    @Test
    void shouldGiveBackRemovalsOfRemovalsWhateverTheirPaths() {
        final String long1 = "/" + "a".repeat(300);
        final String long2 = "/" + "b".repeat(700);
        for (int round = 0; round < 5; round++) {
            fill(larch, long1, 20);
            fill(larch, long1 + long2, 20);
            fill(larch, long1 + long2 + long1, 20);
            larch.delete(long1 + long2 + long1).recursive().run();
            larch.delete(long1 + long2).recursive().run();
            fill(larch, long1 + long2, 3);
            larch.delete(long1).recursive().run();
            assertEquals("100 " + long1, larch.get(long1 + long2 + "/0/k0").run().split(" @")[0]);
        }
        larch.giveBackAll();
        assertEquals(1, larch.store.nodeCount());
        assertEquals(EMPTY_BYTES, larch.store.usedBytes());
    }

    @Test
    void shouldTakeWritesIntoTheRoomThatComesBack() {
        fill(larch, "/d", 980);
        assertTrue(larch.store.admit(larch.set("/e/f/g/h/i/j/k/l/m/n/o/p", "").encode()) != 0);
        larch.delete("/d").recursive().run();
        for (int i = 0; i < 2000; i++) {
            final int number = i;
            assertEquals(
                    0,
                    larch.store.admit(larch.set("/n/" + i % 900, "").encode()),
                    () -> "" + number);
            larch.set("/n/" + i % 900, "").run();
        }
    }

    @Test
    void shouldExpireABoundedNumberOfKeysAndGoOnInOrder() {
        for (int i = 0; i < 25; i++) {
            larch.set("/t/k" + (24 - i), "v").ttl(5).run();
        }
        larch.mkdir("/t/dir").ttl(5).run();
        larch.set("/t/dir/below", "1").ttl(5).run();
        larch.set("/t/later", "1").ttl(6).run();
        larch.watch(7, "/t").recursive().stream().run();
        larch.told.clear();

        larch.sync(5);
        assertEquals(10, larch.told.size());
        assertTrue(larch.store.isBehind());
        assertEquals("100 /t/k24", larch.get("/t/k24").run().split(" @")[0]);
        larch.sync(5);
        larch.sync(5);
        assertEquals(26, larch.told.size());
        assertFalse(larch.store.isBehind(), larch.told::toString);
        for (int i = 0; i < 25; i++) {
            assertTrue(larch.told.get(i).contains("/t/k" + (24 - i) + " "), larch.told.get(i));
        }
        larch.sync(6);
        assertEquals(27, larch.told.size());
    }

    @Test
    void shouldNotExpireWhatWasRemovedWithItsDirectory() {
        for (int i = 0; i < 40; i++) {
            larch.set("/t/k" + i, "v").ttl(5).run();
        }
        larch.watch(7, "/").recursive().stream().run();
        larch.delete("/t").recursive().run();
        larch.told.clear();
        assertTrue(larch.store.isGivingBack());

        larch.sync(5);
        larch.sync(5);
        larch.sync(5);
        larch.sync(5);
        larch.sync(5);
        assertEquals(List.of(), larch.told);
        assertFalse(larch.store.isBehind());
        assertEquals(1, larch.store.nodeCount());
    }

    @Test
    void shouldGoOnAlikeOnAllMembers() {
        for (final StoreFixture store : List.of(larch, other)) {
            fill(store, "/d", 200);
            fill(store, "/e", 50);
            store.delete("/d").recursive().run();
            store.delete("/e").recursive().run();
            fill(store, "/d", 10);
            store.sync(1);
            fill(store, "/f", 20);
            // One of them looks more often.
            store.get("/d/1/k1").run();
        }
        other.get("/e").run();
        assertEquals(larch.store.nodeCount(), other.store.nodeCount());
        assertEquals(larch.store.usedBytes(), other.store.usedBytes());
        larch.giveBackAll();
        other.giveBackAll();
        assertEquals(
                larch.snapshot().stream().map(String::new).toList(),
                other.snapshot().stream().map(String::new).toList());
    }

    @Test
    void shouldKeepWhatIsBeingGivenBackOutOfASnapshot() {
        fill(larch, "/d", 100);
        larch.set("/e", "1").run();
        larch.delete("/d").recursive().run();
        assertTrue(larch.store.isGivingBack());

        other.store.restore(StoreFixture.source(larch.snapshot()));

        assertEquals(2, other.store.nodeCount());
        assertEquals(larch.store.digest(), other.store.digest());
    }

    @Test
    void shouldKeepInASnapshotWhatIsRemovedWhileItIsTaken() {
        fill(larch, "/d", 100);
        final long digest = larch.store.digest();
        final Deque<byte[]> records = new ArrayDeque<>();
        larch.store.beginSnapshot();
        larch.delete("/d").recursive().run();
        larch.set("/d", "file now").run();
        int slices = 0;
        while (!larch.store.writeSnapshot(StoreFixture.sink(records), 3)) {
            if (slices++ % 2 == 0) {
                larch.sync(0);
            }
        }
        other.store.restore(StoreFixture.source(records));

        assertEquals(digest, other.store.digest());
        larch.giveBackAll();
        assertEquals(2, larch.store.nodeCount());
    }
}
