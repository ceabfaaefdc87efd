package io.larch.engine.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.keys.StoreStats.Counter;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StoreTest {
    private final StoreFixture larch = new StoreFixture();

    @AfterEach
    void close() {
        larch.close();
    }

    @Test
    void shouldSetAndGetAFile() {
        assertEquals("created set {/a=x m1 c1} @1", larch.set("/a", "x").run());
        assertEquals("get {/a=x m1 c1} @1", larch.get("/a").run());
    }

    @Test
    void shouldResetCreatedIndexWhenAFileIsSetAgain() {
        larch.set("/a", "x").run();
        assertEquals("set {/a=y m2 c2} prev {/a=x m1 c1} @2", larch.set("/a", "y").run());
    }

    @Test
    void shouldMakeParentsThatHaveTheIndexOfTheWrite() {
        larch.store.applyInternal();
        larch.set("/a/b/c", "x").run();
        assertEquals(
                "get {/a dir m2 c2 [{/a/b dir m2 c2 [{/a/b/c=x m2 c2}]}]} @2",
                larch.get("/a").recursive().run());
    }

    @Test
    void shouldTellTheFirstMissingComponent() {
        larch.set("/a/b", "x").run();
        assertEquals("100 /a/x @1", larch.get("/a/x/y/z").run());
        assertEquals("100 /q @1", larch.get("/q/y").run());
        assertEquals("100 /none @1", larch.get("/none").run());
        assertEquals("104 /a/b @1", larch.get("/a/b/c/d").run());
        assertEquals("104 /a/b @1", larch.set("/a/b/c/d", "v").run());
        assertEquals("104 /a/b @1", larch.create("/a/b/c", "v").run());
        assertEquals("104 /a/b @1", larch.post("/a/b", "v").run());
    }

    @Test
    void shouldListRootWithoutKeyOrIndexes() {
        assertEquals("get { dir m0 c0} @0", larch.get("/").run());
        larch.set("/b", "1").run();
        larch.set("/a", "2").run();
        larch.set("/_h", "3").run();
        assertEquals("get { dir m0 c0 [{/a=2 m2 c2}, {/b=1 m1 c1}]} @3", larch.get("/").run());
    }

    @Test
    void shouldRefuseToWriteTheRoot() {
        assertEquals("107 / @0", larch.set("/", "x").run());
        assertEquals("107 / @0", larch.set("/", "").refresh().run());
        assertEquals("107 / @0", larch.create("/", "x").run());
        assertEquals("107 / @0", larch.update("/", "x").run());
        assertEquals("107 / @0", larch.swap("/", "x").prevValue("y").run());
        assertEquals("107 / @0", larch.delete("/").recursive().run());
        assertEquals("102  @0", larch.compareAndDelete("/").prevValue("y").run());
        assertEquals(0, larch.store.index());
    }

    @Test
    void shouldMakeKeysInOrderFromTheEventsIndex() {
        larch.store.applyInternal();
        assertEquals(
                "created create {/q/00000000000000000002=a m2 c2} @2", larch.post("/q", "a").run());
        assertEquals(
                "created create {/00000000000000000003 dir m3 c3} @3",
                larch.post("/", "").dir().run());
    }

    @Test
    void shouldNotOverwriteADirectoryByAnything() {
        larch.mkdir("/d").run();
        assertEquals("102 /d @1", larch.mkdir("/d").run());
        assertEquals("102 /d @1", larch.set("/d", "x").run());
        assertEquals("102 /d @1", larch.update("/d", "x").run());
        assertEquals("102 /d @1", larch.swap("/d", "x").index(1).run());
        assertEquals("102 /d @1", larch.compareAndDelete("/d").index(1).run());
        assertEquals("105 /d @1", larch.create("/d", "x").run());
    }

    @Test
    void shouldReplaceAFileByADirectory() {
        larch.set("/f", "x").run();
        assertEquals("set {/f dir m2 c2} prev {/f=x m1 c1} @2", larch.mkdir("/f").value("y").run());
        assertEquals("created set {/f/g=1 m3 c3} @3", larch.set("/f/g", "1").run());
    }

    @Test
    void shouldLoseTheValueOnAnUpdateWithoutOne() {
        larch.set("/f", "x").run();
        assertEquals("update {/f= m2 c1} prev {/f=x m1 c1} @2", larch.update("/f", "").dir().run());
        assertEquals("100 /none @2", larch.update("/none", "").run());
    }

    @Test
    void shouldTellWhatDiffersInAComparison() {
        larch.set("/f", "2").run();
        assertEquals("101 [7 != 1] @1", larch.swap("/f", "x").index(7).run());
        assertEquals("101 [1 != 2] @1", larch.swap("/f", "x").prevValue("1").run());
        assertEquals("101 [1 != 2] @1", larch.swap("/f", "x").prevValue("1").index(1).run());
        assertEquals("101 [7 != 1] @1", larch.swap("/f", "x").prevValue("2").index(7).run());
        assertEquals(
                "101 [1 != 2] [18446744073709551615 != 1] @1",
                larch.compareAndDelete("/f").prevValue("1").index(-1).run());
        assertEquals(
                "compareAndSwap {/f=3 m2 c1} prev {/f=2 m1 c1} @2",
                larch.swap("/f", "3").prevValue("2").index(1).dir().run());
        assertEquals(
                "compareAndDelete {/f m3 c1} prev {/f=3 m2 c1} @3",
                larch.compareAndDelete("/f").prevValue("3").run());
    }

    @Test
    void shouldDeleteDirectoriesOnlyWhenToldSo() {
        larch.set("/d/_hidden", "1").run();
        assertEquals("get {/d dir m1 c1} @1", larch.get("/d").recursive().run());
        assertEquals("102 /d @1", larch.delete("/d").run());
        assertEquals("108 /d @1", larch.delete("/d").dir().run());
        assertEquals(
                "delete {/d/_hidden m2 c1} prev {/d/_hidden=1 m1 c1} @2",
                larch.delete("/d/_hidden").recursive().run());
        assertEquals(
                "delete {/d dir m3 c1} prev {/d dir m1 c1} @3", larch.delete("/d").dir().run());
        assertEquals("100 /d @3", larch.delete("/d").run());
    }

    @Test
    void shouldSortByUnsignedBytesAndHideUnderscores() {
        for (final String name :
                new String[] {"b", "a\u00ff", "a", "B", "_x", "\u00e9", "a!", "c"}) {
            larch.set("/t/" + name, "").run();
        }
        larch.set("/t/c2/_y/z", "").run();
        larch.set("/t/c2/k", "").run();
        final String listing = larch.get("/t").recursive().run();
        assertEquals(
                "/t/B /t/a /t/a! /t/a\u00ff /t/b /t/c /t/c2 /t/c2/k /t/\u00e9",
                String.join(
                        " ",
                        Pattern.compile("/t/[^ =]+")
                                .matcher(listing)
                                .results()
                                .map(MatchResult::group)
                                .toList()));
    }

    @Test
    @Tag("slow")
    void shouldListABigDirectoryInOrder() {
        final int count = 20_000;
        for (int i = 0; i < count; i++) {
            larch.set("/big/" + (i * 7919L % count), "").run();
        }
        larch.get("/big").run();
        String last = "";
        final DirectBuffer event = larch.slices;
        int node = EventFlyweight.nodeEnd(event, EventFlyweight.HEADER_LENGTH);
        assertEquals(count, EventFlyweight.childCount(event, EventFlyweight.HEADER_LENGTH));
        for (int i = 0; i < count; i++) {
            final String key =
                    StoreFixture.text(
                            event,
                            EventFlyweight.keyOffset(node),
                            EventFlyweight.keyLength(event, node));
            assertTrue(last.compareTo(key) < 0, last + " before " + key);
            last = key;
            node = EventFlyweight.nodeEnd(event, node);
        }
        assertEquals(larch.slicesLength, node);
    }

    @Test
    void shouldTakeComponentsAndPathsOfAnyLength() {
        final String longName = "/" + "n".repeat(60_000);
        larch.set(longName + "/x", "1").run();
        assertEquals("get {" + longName + "/x=1 m1 c1} @1", larch.get(longName + "/x").run());
        assertEquals("100 " + longName + "n @1", larch.get(longName + "n/x").run());
        final String deep = "/d".repeat(30_000);
        assertEquals("created set {" + deep + "=v m2 c2} @2", larch.set(deep, "v").run());
        assertEquals(
                "100 " + deep.substring(2) + "/e @2", larch.get(deep.substring(2) + "/e").run());
        assertEquals("104 " + deep + " @2", larch.get(deep + "/e/f").run());
        larch.sync(1);
        larch.delete("/d").recursive().run();
        larch.delete(longName).recursive().run();
        larch.giveBackAll();
        assertEquals(1, larch.store.nodeCount());
    }

    @Test
    void shouldKeepLargeValues() {
        final String large = "v".repeat(10 << 20);
        larch.set("/large", large).run();
        assertEquals("get {/large=" + large + " m1 c1} @1", larch.get("/large").run());
        larch.set("/large", "small").run();
        assertEquals("get {/large=small m2 c2} @2", larch.get("/large").run());
    }

    @Test
    void shouldCountClientsRequestsOnly() {
        larch.set("/a", "x").run();
        larch.set("/a/b", "x").run();
        larch.set("/a", "x").id(0).run();
        larch.post("/q", "x").run();
        larch.create("/a", "x").run();
        larch.get("/a").run();
        larch.get("/none").run();
        larch.store.applyInternal();
        assertEquals(1, count(Counter.SETS_SUCCESS));
        assertEquals(1, count(Counter.SETS_FAIL));
        assertEquals(1, count(Counter.CREATE_SUCCESS));
        assertEquals(1, count(Counter.CREATE_FAIL));
        assertEquals(1, count(Counter.GETS_SUCCESS));
        assertEquals(1, count(Counter.GETS_FAIL));
    }

    private long count(final Counter counter) {
        return larch.store.stats().get(counter);
    }

    /** Or else clients could choose paths that are taken for each other. */
    @Test
    void shouldTellSubjectsBySomethingThatClientsDoNotKnow() {
        final Set<Long> subjects = new HashSet<>();
        for (long seed = 0; seed < 10; seed++) {
            try (Store store = new Store(context(seed), larch)) {
                final long subject = store.subject(larch.swap("/a/b", "").index(3).encode());
                assertEquals(subject, store.subject(larch.swap("/a/b", "").index(4).encode()));
                subjects.add(subject);
            }
        }
        assertEquals(10, subjects.size());
    }

    private static StoreContext context(final long hashSeed) {
        return new StoreContext().maxNodes(1000).hashSeed(hashSeed).conclude();
    }
}
