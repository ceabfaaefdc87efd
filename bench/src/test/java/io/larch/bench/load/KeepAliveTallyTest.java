package io.larch.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KeepAliveTallyTest {
    private final KeepAliveTally tally = new KeepAliveTally(2);

    @Test
    void shouldMeasureFromWhenAKeepAliveWasDue() {
        tally.sent(1, 1000);
        assertTrue(tally.isUnderWay(1));
        tally.onAnswer(1, 60, 1500);

        assertFalse(tally.isUnderWay(1));
        assertTrue(tally.isComplete());
        assertEquals(500, tally.histogram().getMaxValue());
        assertEquals(0, tally.errors());
    }

    @Test
    void shouldCountALeaseThatIsNotKeptAliveAsAnError() {
        tally.sent(0, 0);
        tally.onAnswer(0, 0, 1);

        assertEquals(1, tally.errors());
    }

    @Test
    void shouldCountWhatIsNotAnsweredAndWhatNobodyAskedForAsErrors() {
        tally.sent(0, 0);
        tally.onAnswer(1, 60, 1);
        tally.onAnswer(2, 60, 1);
        tally.onAnswer(-1, 60, 1);

        assertFalse(tally.isComplete());
        assertEquals(4, tally.errors());
    }
}
