package io.larch.http.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LineBudgetTest {
    private long nanos;
    private final LineBudget budget = new LineBudget(() -> nanos);

    @Test
    void shouldLeaveLinesOutBehindABurstAndSayHowMany() {
        for (int i = 0; i < LineBudget.BURST; i++) {
            assertTrue(budget.take());
            assertEquals("", budget.leftOut());
        }
        assertFalse(budget.take());
        assertFalse(budget.take());
        nanos += TimeUnit.SECONDS.toNanos(1);
        assertTrue(budget.take());
        assertEquals(", and 2 more before", budget.leftOut());
        assertFalse(budget.take());
        nanos += TimeUnit.HOURS.toNanos(1);
        for (int i = 0; i < LineBudget.BURST; i++) {
            assertTrue(budget.take());
        }
        assertFalse(budget.take());
    }
}
