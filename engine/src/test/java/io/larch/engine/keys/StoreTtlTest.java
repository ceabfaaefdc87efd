package io.larch.engine.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.engine.codec.CommandType;
import io.larch.engine.keys.StoreStats.Counter;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StoreTtlTest {
    private final StoreFixture larch = new StoreFixture();

    @AfterEach
    void close() {
        larch.close();
    }

    @Test
    void shouldRoundTheRemainingTimeUp() {
        larch.nowNanos = 100_500_000_000L;
        assertEquals(
                "created set {/t=1 exp 105 ttl 5 m1 c1} @1", larch.set("/t", "1").ttl(5).run());
        larch.nowNanos += 1;
        assertEquals("get {/t=1 exp 105 ttl 5 m1 c1} @1", larch.get("/t").run());
        larch.nowNanos += 999_999_999L;
        assertEquals("get {/t=1 exp 105 ttl 4 m1 c1} @1", larch.get("/t").run());
        larch.nowNanos = 107_600_000_000L;
        assertEquals("get {/t=1 exp 105 ttl -2 m1 c1} @1", larch.get("/t").run());
    }

    @Test
    void shouldServeAPastDueNodeUntilTheNextSync() {
        larch.nowNanos = 10_000_000_000L;
        larch.set("/t", "1").ttl(0).run();
        assertEquals("get {/t=1 exp 10 ttl 0 m1 c1} @1", larch.get("/t").run());
        larch.sync(10);
        assertEquals(2, larch.store.index());
        assertEquals("100 /t @2", larch.get("/t").run());
    }

    @Test
    void shouldExpireInOrderOfTimeAndThenOfSetting() {
        larch.set("/c", "1").ttl(9).run();
        larch.set("/b", "1").ttl(5).run();
        larch.set("/a", "1").ttl(9).run();
        larch.set("/d", "1").ttl(20).run();
        larch.watch(1, "/").recursive().stream().run();
        larch.told();
        larch.sync(4);
        assertEquals(List.of(), larch.told());
        larch.sync(9);
        assertEquals(List.of("1 expire /b @5", "1 expire /c @6", "1 expire /a @7"), larch.told());
        assertEquals(3, larch.store.stats().get(Counter.EXPIRE_COUNT));
    }

    @Test
    void shouldExpireADirectoryAsOneEventThatDoesNotSayDir() {
        larch.mkdir("/d").ttl(5).run();
        larch.set("/d/late", "1").ttl(50).run();
        larch.set("/d/early", "1").ttl(2).run();
        larch.watch(1, "/d/late").run();
        larch.watch(2, "/").recursive().stream().run();
        larch.told();
        larch.sync(5);
        assertEquals(
                List.of("2 expire /d/early @4", "1 expire /d @5", "2 expire /d @5"), larch.told());
        larch.sync(60);
        assertEquals(5, larch.store.index());
        larch.watch(3, "/d").index(5).run();
        assertEquals(List.of("3 start @5", "3 expire /d @5"), larch.told());
    }

    @Test
    void shouldReplaceOrRemoveATtlByAnyWrite() {
        larch.set("/a", "1").ttl(5).run();
        larch.set("/b", "1").ttl(5).run();
        larch.set("/c", "1").ttl(5).run();
        larch.set("/a", "2").run();
        larch.update("/b", "2").run();
        larch.swap("/c", "2").prevValue("1").ttl(9).run();
        larch.sync(8);
        assertEquals(6, larch.store.index());
        assertEquals("get {/a=2 m4 c4} @6", larch.get("/a").run());
        assertEquals("get {/b=2 m5 c2} @6", larch.get("/b").run());
        assertEquals("get {/c=2 exp 9 ttl 1 m6 c3} @6", larch.get("/c").run());
        larch.sync(9);
        assertEquals("100 /c @7", larch.get("/c").run());
    }

    @Test
    void shouldTouchADirectoryWithoutChangingItsModifiedIndex() {
        larch.mkdir("/d").run();
        assertEquals(
                "update {/d dir exp 7 ttl 7 m2 c1} prev {/d dir m1 c1} @2",
                larch.update("/d", "").ttl(7).run());
        assertEquals("get {/d dir exp 7 ttl 7 m1 c1} @2", larch.get("/d").run());
        assertEquals(
                "update {/d dir m3 c1} prev {/d dir exp 7 ttl 7 m1 c1} @3",
                larch.update("/d", "").run());
        larch.sync(10);
        assertEquals(3, larch.store.index());
    }

    @Test
    void shouldKeepTheValueOnRefresh() {
        larch.set("/r", "kept").ttl(5).run();
        assertEquals(
                "set {/r=kept exp 8 ttl 8 m2 c2} prev {/r=kept exp 5 ttl 5 m1 c1} @2",
                larch.command(CommandType.SET, "/r").refresh().ttl(8).run());
        assertEquals(
                "update {/r=kept exp 9 ttl 9 m3 c2} prev {/r=kept exp 8 ttl 8 m2 c2} @3",
                larch.command(CommandType.UPDATE, "/r").refresh().ttl(9).run());
        assertEquals(
                "compareAndSwap {/r=kept exp 10 ttl 10 m4 c2} prev {/r=kept exp 9 ttl 9 m3 c2} @4",
                larch.swap("/r", "").index(3).refresh().ttl(10).run());
        assertEquals("101 [3 != 4] @4", larch.swap("/r", "").index(3).refresh().ttl(10).run());
        assertEquals(
                "set {/r dir exp 6 ttl 6 m5 c5} prev {/r=kept exp 10 ttl 10 m4 c2} @5",
                larch.command(CommandType.SET, "/r").refresh().dir().ttl(6).run());
        assertEquals("102 /r @5", larch.command(CommandType.SET, "/r").refresh().ttl(6).run());
        assertEquals(
                "update {/r dir exp 4 ttl 4 m6 c5} prev {/r dir exp 6 ttl 6 m5 c5} @6",
                larch.command(CommandType.UPDATE, "/r").refresh().ttl(4).run());
        assertEquals(
                "100 /none @6", larch.command(CommandType.SET, "/none").refresh().ttl(4).run());
        assertEquals(
                "created create {/new= exp 4 ttl 4 m7 c7} @7",
                larch.create("/new", "").refresh().ttl(4).run());
    }
}
