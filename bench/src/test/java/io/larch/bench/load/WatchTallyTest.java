package io.larch.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WatchTallyTest {
    private final WatchTally tally = new WatchTally(2);

    WatchTallyTest() {
        tally.created(0, 10);
        tally.created(1, 10);
    }

    @Test
    void shouldMeasureFromWhenAPutWasDueToItsFirstAndItsLastWatch() {
        final int put = tally.put(1000);
        tally.onEvent(1, 11, put, 1100);
        assertEquals(1, tally.first().getTotalCount());
        assertEquals(0, tally.last().getTotalCount());
        tally.onEvent(0, 11, put, 1400);

        assertEquals(100, tally.first().getMaxValue());
        assertEquals(400, tally.last().getMaxValue());
        assertTrue(tally.isComplete());
        assertEquals(2, tally.events());
        assertEquals(0, tally.errors());
    }

    @Test
    void shouldCountAnEventThatDoesNotComeAsAnError() {
        final int first = tally.put(0);
        final int second = tally.put(0);
        tally.onEvent(0, 11, first, 1);
        tally.onEvent(0, 12, second, 1);
        tally.onEvent(1, 12, second, 1);

        assertFalse(tally.isComplete());
        assertEquals(1, tally.errors());
        assertEquals(1, tally.last().getTotalCount());
    }

    @Test
    void shouldCountAnEventThatComesTwiceOrTooLateAsAnError() {
        final int first = tally.put(0);
        final int second = tally.put(0);
        tally.onEvent(0, 12, second, 1);
        tally.onEvent(0, 12, second, 1);
        tally.onEvent(0, 11, first, 1);
        tally.onEvent(1, 11, first, 1);
        tally.onEvent(1, 12, second, 1);

        // Twice, too late, and therefore missing.
        assertEquals(3, tally.errors());
    }

    @Test
    void shouldCountAnEventOfNothingThatWasPutAsAnError() {
        tally.onEvent(0, 11, 0, 1);

        assertEquals(1, tally.errors());
    }

    @Test
    void shouldHoldNothingOfOneRunAgainstTheNext() {
        final int late = tally.put(0);
        tally.begin();
        assertTrue(tally.isComplete());
        tally.onEvent(0, 11, late, 1);
        final int put = tally.put(0);
        tally.onEvent(0, 12, put, 1);
        tally.onEvent(1, 12, put, 1);

        assertTrue(tally.isComplete());
        assertEquals(0, tally.errors());
        assertEquals(2, tally.events());
    }

    @Test
    void shouldCountMorePutsThanItWasMadeFor() {
        for (int i = 0; i < 3000; i++) {
            final int put = tally.put(i);
            tally.onEvent(0, 11 + i, put, i);
            tally.onEvent(1, 11 + i, put, i);
        }

        assertEquals(0, tally.errors());
        assertEquals(6000, tally.events());
        assertEquals(3000, tally.last().getTotalCount());
    }
}
