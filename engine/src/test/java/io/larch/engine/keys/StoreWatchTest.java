package io.larch.engine.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.application.WatchSink;
import io.larch.engine.codec.CommandType;
import io.larch.engine.keys.StoreStats.Counter;
import java.util.List;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StoreWatchTest {
    private final StoreFixture larch = new StoreFixture();

    private Store cancelled;

    @AfterEach
    void close() {
        larch.close();
    }

    @Test
    void shouldTellTheHeadFirstAndALongPollOnce() {
        larch.set("/a", "1").run();
        larch.watch(7, "/w").run();
        assertTrue(larch.result.isWaiting());
        assertEquals(1, watchers());
        larch.set("/w", "1").run();
        assertEquals(0, watchers());
        larch.set("/w", "2").run();
        assertEquals(List.of("7 start @1", "7 set /w @2"), larch.told());
    }

    @Test
    void shouldTellAStreamEveryChange() {
        larch.watch(7, "/as").stream().run();
        larch.set("/as", "1").run();
        larch.update("/as", "2").run();
        larch.swap("/as", "3").prevValue("2").run();
        larch.compareAndDelete("/as").index(3).run();
        larch.create("/as", "1").run();
        larch.mkdir("/as").run();
        larch.post("/as", "x").run();
        larch.delete("/as").recursive().run();
        assertEquals(
                List.of(
                        "7 start @0",
                        "7 set /as @1",
                        "7 update /as @2",
                        "7 compareAndSwap /as @3",
                        "7 compareAndDelete /as @4",
                        "7 create /as @5",
                        "7 set /as @6",
                        "7 delete /as @8"),
                larch.told());
    }

    @Test
    void shouldNotTellAPlainWatchOfChildren() {
        larch.watch(1, "/ad").stream().run();
        larch.watch(2, "/ad").recursive().stream().run();
        larch.watch(3, "/").stream().run();
        larch.watch(4, "/").recursive().stream().run();
        larch.watch(5, "/a").recursive().stream().run();
        larch.told();
        larch.set("/ad/x", "1").run();
        assertEquals(List.of("4 set /ad/x @1", "2 set /ad/x @1"), larch.told());
    }

    @Test
    void shouldHideUnderscoreComponentsFromRecursiveWatchesAbove() {
        larch.watch(1, "/").recursive().stream().run();
        larch.watch(2, "/x").recursive().stream().run();
        larch.watch(3, "/x/_y").recursive().stream().run();
        larch.watch(4, "/_x").stream().run();
        larch.told();
        larch.set("/x/_y/z", "1").run();
        larch.set("/_x", "1").run();
        larch.set("/x/y_", "1").run();
        assertEquals(
                List.of("3 set /x/_y/z @1", "4 set /_x @2", "1 set /x/y_ @3", "2 set /x/y_ @3"),
                larch.told());
    }

    @Test
    void shouldTellWatchesOfNodesRemovedWithADirectory() {
        larch.set("/pa/b/c", "1").run();
        larch.set("/pa/_h/i", "1").run();
        larch.watch(1, "/").recursive().run();
        larch.watch(2, "/pa").run();
        larch.watch(3, "/pa/b").run();
        larch.watch(4, "/pa/b/c").run();
        larch.watch(5, "/pa/b/zz").run();
        larch.watch(6, "/pa/_h/i").run();
        larch.watch(7, "/pa/b/zz/deep").recursive().run();
        larch.watch(8, "/pab").run();
        larch.told();
        larch.delete("/pa").recursive().run();
        assertEquals(
                List.of(
                        "4 delete /pa @3",
                        "3 delete /pa @3",
                        "6 delete /pa @3",
                        "2 delete /pa @3",
                        "1 delete /pa @3"),
                larch.told());
        assertEquals(3, watchers());
    }

    @Test
    void shouldTellAStreamOfARemovedNodeOnce() {
        larch.mkdir("/d").run();
        larch.watch(1, "/d").stream().recursive().run();
        larch.told();
        larch.delete("/d").recursive().run();
        assertEquals(List.of("1 delete /d @2"), larch.told());
        assertEquals(1, watchers());
    }

    @Test
    void shouldWaitForTheIndexGiven() {
        larch.set("/w", "1").run();
        larch.watch(1, "/w").index(4).run();
        larch.set("/w", "2").run();
        larch.set("/w", "3").run();
        larch.told();
        larch.set("/w", "4").run();
        assertEquals(List.of("1 set /w @4"), larch.told());
    }

    @Test
    void shouldWaitForAnIndexBeyondTheSignedRange() {
        larch.watch(1, "/w").index(-1).run();
        larch.set("/w", "2").run();
        assertEquals(List.of("1 start @0"), larch.told());
    }

    @Test
    void shouldAnswerALongPollFromTheHistory() {
        larch.set("/w", "1").run();
        larch.set("/v", "1").run();
        larch.set("/w", "2").run();
        assertEquals("ok @3", larch.watch(1, "/w").index(2).run());
        assertFalse(larch.result.isWaiting());
        assertEquals(List.of("1 start @3", "1 set /w @3"), larch.told());
        assertEquals(0, watchers());
    }

    @Test
    void shouldGiveAStreamAllThatTheHistoryHasAndGoOn() {
        larch.set("/w/a", "1").run();
        larch.set("/v", "1").run();
        larch.set("/w", "refused").run();
        larch.update("/w", "").run();
        larch.set("/w/b", "2").run();
        larch.watch(1, "/w").recursive().stream().index(1).run();
        larch.set("/w/c", "3").run();
        assertEquals(
                List.of(
                        "1 start @4",
                        "1 set /w/a @1",
                        "1 update /w @3",
                        "1 set /w/b @4",
                        "1 set /w/c @5"),
                larch.told());
    }

    @Test
    void shouldShowHiddenNodesInTheHistory() {
        larch.set("/x/_y/z", "1").run();
        larch.watch(1, "/").recursive().index(1).run();
        assertEquals(List.of("1 start @1", "1 set /x/_y/z @1"), larch.told());
    }

    @Test
    void shouldMatchInTheHistoryDirectoriesRemovedAboveByComponents() {
        larch.mkdir("/pfx").run();
        larch.set("/f", "1").run();
        larch.delete("/pfx").dir().run();
        larch.delete("/f").run();
        larch.watch(1, "/pfx/never/was").index(1).run();
        larch.watch(2, "/pfxyz").index(1).run();
        larch.watch(3, "/f/x").index(1).run();
        assertEquals(
                List.of("1 start @4", "1 delete /pfx @3", "2 start @4", "3 start @4"),
                larch.told());
        assertEquals(2, watchers());
    }

    @Test
    void shouldGiveRefreshesASlotButTellNobody() {
        larch.set("/r", "1").ttl(5).run();
        larch.watch(1, "/r").stream().run();
        larch.told();
        larch.command(CommandType.UPDATE, "/r").refresh().ttl(9).run();
        assertEquals(List.of(), larch.told());
        assertEquals(2, larch.store.index());
        larch.watch(2, "/r").index(2).run();
        assertTrue(larch.result.isWaiting());
        assertEquals(List.of("2 start @2"), larch.told());
    }

    @Test
    void shouldForgetACancelledWatchAndEndAllInOrder() {
        for (int i = 1; i <= 4; i++) {
            larch.watch(i, "/w" + i % 2).run();
        }
        larch.told();
        larch.store.cancelWatch(3);
        larch.store.cancelWatch(99);
        larch.set("/w1", "x").run();
        assertEquals(List.of("1 set /w1 @1"), larch.told());
        larch.store.endAllWatches();
        assertEquals(List.of("2 end", "4 end"), larch.told());
        assertEquals(0, watchers());
    }

    @Test
    void shouldRefuseAnIndexWhoseEventsAreGone() {
        try (StoreFixture small =
                new StoreFixture(
                        new StoreContext().maxNodes(1000).eventHistoryCapacity(1000).conclude())) {
            for (int i = 0; i < 1318; i++) {
                small.set("/k", "v").run();
            }
            assertEquals(
                    "401 the requested history has been cleared [319/1] @1318",
                    small.watch(1, "/k").index(1).run());
            assertEquals(List.of(), small.told());
            small.watch(2, "/k").index(318).run();
            assertEquals(401, small.result.errorCode());
            small.watch(3, "/k").index(319).run();
            assertEquals(List.of("3 start @1318", "3 set /k @319"), small.told());
        }
    }

    @Test
    void shouldBoundTheHistoryByBytes() {
        try (StoreFixture small =
                new StoreFixture(
                        new StoreContext().maxNodes(1000).eventHistoryBytes(1 << 16).conclude())) {
            for (int i = 1; i <= 100; i++) {
                small.create("/k" + i, "v".repeat(5000)).run();
            }
            final int kept = (1 << 16) / (16 + 48 + 4 + 5000);
            final long oldest = 100 - kept + 1;
            assertEquals(
                    "401 the requested history has been cleared [" + oldest + "/1] @100",
                    small.watch(1, "/").recursive().index(1).run());
            small.watch(2, "/").recursive().stream().index(oldest).run();
            assertEquals(1 + kept, small.told().size());

            small.set("/huge", "v".repeat(70_000)).run();
            assertEquals(
                    "401 the requested history has been cleared [102/101] @101",
                    small.watch(3, "/").recursive().index(101).run());
            small.set("/after", "v").run();
            small.watch(4, "/").recursive().index(102).run();
            assertEquals(
                    List.of(
                            "2 set /huge @101",
                            "2 set /after @102",
                            "4 start @102",
                            "4 set /after @102"),
                    small.told());
        }
    }

    @Test
    void shouldLetTheSinkCancelWhileItIsTold() {
        final StoreFixture[] box = new StoreFixture[1];
        final WatchSink cancelling =
                new WatchSink() {
                    @Override
                    public void onWatchStart(final long correlationId, final long storeIndex) {}

                    @Override
                    public void onEvents(
                            final long[] ids,
                            final int count,
                            final DirectBuffer event,
                            final int offset,
                            final int length) {
                        for (int i = 0; i < count; i++) {
                            box[0].told.add("event for " + ids[i]);
                        }
                        cancelled.cancelWatch(ids[0]);
                    }

                    @Override
                    public void onWatchEnd(final long correlationId) {}
                };
        box[0] = larch;
        try (Store store = new Store(new StoreContext().maxNodes(1000).conclude(), cancelling)) {
            cancelled = store;
            store.apply(larch.set("/w", "1").encode(), larch.result);
            store.apply(larch.set("/w", "2").encode(), larch.result);
            store.watch(larch.watch(5, "/w").stream().index(1).encode(), larch.result);
            assertFalse(larch.result.isWaiting());
            store.watch(larch.watch(6, "/w").stream().encode(), larch.result);
            store.watch(larch.watch(7, "/w").stream().encode(), larch.result);
            store.apply(larch.set("/w", "3").encode(), larch.result);
            store.apply(larch.set("/w", "4").encode(), larch.result);
            assertEquals(
                    List.of("event for 5", "event for 6", "event for 7", "event for 7"),
                    larch.told());
            assertEquals(0, store.stats().get(Counter.WATCHERS));
        }
    }

    @Test
    void shouldKeepTenThousandIdleWatchesApart() {
        for (int i = 0; i < 10_000; i++) {
            larch.watch(i + 1, "/idle/" + i + "/x").recursive().run();
        }
        larch.told();
        larch.set("/idle/77/x/y", "1").run();
        assertEquals(List.of("78 set /idle/77/x/y @1"), larch.told());
        assertEquals(9_999, watchers());
        for (int i = 0; i < 10_000; i++) {
            larch.store.cancelWatch(i + 1);
        }
        assertEquals(0, watchers());
        larch.set("/idle/5/x/y", "1").run();
        assertEquals(List.of(), larch.told());
    }

    private long watchers() {
        return larch.store.stats().get(Counter.WATCHERS);
    }
}
