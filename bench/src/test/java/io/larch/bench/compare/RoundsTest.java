package io.larch.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RoundsTest {
    private static final double EXACT = 1e-12;

    @Test
    void shouldTakeTheMiddle() {
        assertEquals(2, Rounds.median(3, 1, 2), EXACT);
        assertEquals(2.5, Rounds.median(4, 1, 2, 3), EXACT);
        assertEquals(7, Rounds.median(7), EXACT);
    }

    @Test
    void shouldLeaveOutWhatWasNotMeasured() {
        assertEquals(2, Rounds.median(Double.NaN, 2), EXACT);
        assertTrue(Double.isNaN(Rounds.median()));
        assertTrue(Double.isNaN(Rounds.median(Double.NaN)));
    }

    @Test
    void shouldSpreadByTheMedianDistanceFromTheMedian() {
        assertEquals(0.1, Rounds.spread(90, 100, 110), EXACT);
        assertEquals(0.1, Rounds.spread(90, 110), EXACT);
        assertEquals(0, Rounds.spread(5), EXACT);
    }

    @Test
    void shouldNotSpreadByOneThatWentWrong() {
        assertEquals(0.01, Rounds.spread(99, 100, 101, 99, 900), EXACT);
    }

    @Test
    void shouldNotSpreadWhereThereIsNothing() {
        assertEquals(0, Rounds.spread(), EXACT);
        assertEquals(0, Rounds.spread(0, 0, 0), EXACT);
    }
}
