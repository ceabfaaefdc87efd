package io.larch.engine.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExpiryPaceTest {
    private static final long MS = 1_000_000L;

    private final ExpiryPace pace = new ExpiryPace();

    @Test
    void shouldBeginWithFew() {
        assertEquals(ExpiryPace.FIRST, pace.most());
    }

    @Test
    void shouldLetMoreExpireWhileItTakesLittle() {
        for (int i = 0; i < 10; i++) {
            pace.took(MS);
        }
        assertEquals(ExpiryPace.MAX, pace.most());
        pace.took(0);
        assertEquals(ExpiryPace.MAX, pace.most());
    }

    @Test
    void shouldLetFewerExpireAtOnceWhenItTakesLong() {
        pace.took(MS);
        pace.took(MS);
        pace.took(12 * MS);
        assertEquals(ExpiryPace.FIRST, pace.most());
        pace.took(2 * MS);
        assertEquals(ExpiryPace.FIRST, pace.most());
    }

    @Test
    void shouldAlwaysLetSomethingExpire() {
        pace.took(Long.MAX_VALUE / ExpiryPace.MAX);
        assertEquals(ExpiryPace.MIN, pace.most());
    }

    /** Each takes so long by the piece: soon all take about what is aimed at. */
    @Test
    void shouldSettleWhateverOneTakes() {
        for (final long nanosEach : new long[] {1_500, 12_000, 150_000}) {
            for (int i = 0; i < 10; i++) {
                pace.took(pace.most() * nanosEach);
            }
            final long took = pace.most() * nanosEach;
            assertTrue(took <= 3 * MS, took + " ns");
            assertTrue(took >= MS || pace.most() == ExpiryPace.MAX, took + " ns");
        }
    }
}
