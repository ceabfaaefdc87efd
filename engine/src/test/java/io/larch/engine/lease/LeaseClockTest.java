package io.larch.engine.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LeaseClockTest {
    private static final long SECOND = 1_000_000_000L;

    private final LeaseClock clock = new LeaseClock();

    @Test
    void shouldGoWithTheClusterUnderOneLeader() {
        clock.passing(1, 100 * SECOND, true);
        clock.passing(1, 107 * SECOND, true);
        assertEquals(107 * SECOND, clock.now());
        assertEquals(110 * SECOND, clock.clusterTimeOf(110 * SECOND));
    }

    @Test
    void shouldStandStillWhileNobodyLeads() {
        clock.passing(1, 100 * SECOND, true);
        clock.passing(2, 140 * SECOND, true);
        assertEquals(100 * SECOND, clock.now());
        clock.passing(2, 141 * SECOND, true);
        assertEquals(101 * SECOND, clock.now());
        assertEquals(150 * SECOND, clock.clusterTimeOf(110 * SECOND));
    }

    @Test
    void shouldNotStandStillForNobody() {
        clock.passing(1, 100 * SECOND, false);
        clock.passing(2, 140 * SECOND, false);
        assertEquals(140 * SECOND, clock.now());
        assertEquals(0, clock.stoodNanos());
    }

    /** Between two words of a leader it goes on, and without one for long it does not. */
    @Test
    void shouldShowTheTimeInBetween() {
        assertEquals(5, clock.at(5));
        clock.passing(1, 100 * SECOND, true);
        assertEquals(100 * SECOND + 5, clock.at(100 * SECOND + 5));
        assertEquals(101 * SECOND, clock.at(300 * SECOND));
        assertEquals(100 * SECOND, clock.at(90 * SECOND));
    }

    @Test
    void shouldNeverGoBackNorBeFasterThanTheCluster() {
        final SplittableRandom random = new SplittableRandom(1);
        long term = 1;
        long nanos = 1;
        long shown = LeaseClock.NEVER;
        for (int i = 0; i < 10_000; i++) {
            final long passed = random.nextLong(SECOND);
            nanos += passed;
            term += random.nextInt(5) == 0 ? 1 : 0;
            clock.passing(term, nanos, true);
            assertTrue(shown == LeaseClock.NEVER || clock.now() >= shown);
            assertTrue(shown == LeaseClock.NEVER || clock.now() - shown <= passed);
            shown = clock.now();
        }
    }

    @Test
    void shouldNotOverflow() {
        clock.set(1, 5, 3);
        assertEquals(Long.MAX_VALUE, clock.clusterTimeOf(Long.MAX_VALUE - 1));
    }
}
