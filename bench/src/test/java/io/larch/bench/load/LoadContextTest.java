package io.larch.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LoadContextTest {
    @Test
    void shouldNameARunByWhatItDoes() {
        assertEquals("put-closed-c32", LoadContext.parse().label());
        assertEquals(
                "quorum-get-500-c8",
                LoadContext.parse("--operation=quorum-get", "--rate=500", "--connections=8")
                        .label());
    }

    @Test
    void shouldGoByTheClockWhereThereIsNoClosedLoop() {
        assertEquals(200, LoadContext.parse("--operation=v3-watch").rate());
        assertEquals(10, LoadContext.parse("--operation=v3-watch", "--rate=10").rate());
        assertEquals(20_000, LoadContext.parse("--operation=v3-keepalive").rate());
        assertEquals(0, LoadContext.parse("--operation=v3-put").rate());
    }

    @Test
    void shouldGiveEachConnectionAStream() {
        assertEquals(7, LoadContext.parse("--connections=7").streams());
        assertEquals(20, LoadContext.parse("--connections=7", "--streams=20").streams());
    }

    @Test
    void shouldTakePartsOfSeconds() {
        assertEquals(0.25, LoadContext.parse("--duration=0.25").durationSeconds());
        assertThrows(IllegalArgumentException.class, () -> LoadContext.parse("--duration=1,5"));
    }

    @Test
    void shouldNameTheOptionThatIsWrong() {
        final IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> LoadContext.parse("--connections=0"));

        assertEquals("--connections must be at least 1: 0", e.getMessage());
    }
}
