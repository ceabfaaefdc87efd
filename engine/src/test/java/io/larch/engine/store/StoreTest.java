package io.larch.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
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
}
