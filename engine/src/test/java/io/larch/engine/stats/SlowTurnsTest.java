package io.larch.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SlowTurnsTest {
    private static final long SECOND = 1_000_000_000L;

    private final SlowTurns turns = new SlowTurns();

    @Test
    void shouldTellTheFirstAtOnceWhateverTheClockShows() {
        assertTrue(turns.add(20, Long.MIN_VALUE));
        assertEquals(1, turns.count());
        assertEquals(20, turns.longestNanos());
    }

    @Test
    void shouldTellOfTheOthersTogetherAfterAPause() {
        assertTrue(turns.add(20, 0));
        turns.told(0);
        for (int i = 1; i < 100; i++) {
            assertFalse(turns.add(i, i * SECOND / 10));
        }

        assertTrue(turns.add(50, 10 * SECOND));
        assertEquals(100, turns.count());
        assertEquals(99, turns.longestNanos());

        turns.told(10 * SECOND);
        assertFalse(turns.add(7, 19 * SECOND));
        assertTrue(turns.add(5, 20 * SECOND));
        assertEquals(2, turns.count());
        assertEquals(7, turns.longestNanos());
    }

    @Test
    void shouldStandTheClockGoingRoundItsEnd() {
        assertTrue(turns.add(1, Long.MAX_VALUE));
        turns.told(Long.MAX_VALUE);

        assertFalse(turns.add(1, Long.MIN_VALUE));
        assertTrue(turns.add(1, Long.MIN_VALUE + 10 * SECOND));
    }
}
