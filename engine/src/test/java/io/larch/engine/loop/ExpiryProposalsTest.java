package io.larch.engine.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExpiryProposalsTest {
    private static final long MS = 1_000_000L;

    private final ExpiryProposals syncs = new ExpiryProposals(0);

    @Test
    void shouldComeTwiceASecond() {
        assertFalse(syncs.isDue(499 * MS));
        assertTrue(syncs.isDue(500 * MS));
        syncs.next(500 * MS, 0);
        assertEquals(1000 * MS, syncs.nextNanos());
    }

    @Test
    void shouldComeWhenSomethingExpires() {
        syncs.expiresIn(120 * MS, 100 * MS);
        assertEquals(220 * MS, syncs.nextNanos());
        syncs.expiresIn(300 * MS, 100 * MS);
        assertEquals(220 * MS, syncs.nextNanos());
        syncs.next(220 * MS, 0);
        assertEquals(720 * MS, syncs.nextNanos());
    }

    @Test
    void shouldLetExpireTogetherWhatExpiresAtAlmostTheSameTime() {
        syncs.next(500 * MS, 0);
        syncs.expiresIn(-5 * MS, 500 * MS);
        assertFalse(syncs.isDue(510 * MS));
        assertEquals(525 * MS, syncs.nextNanos());
    }

    @Test
    void shouldComeSoonWhenOneLeftSomethingToBeDone() {
        syncs.next(500 * MS, 0);
        syncs.hurry(504 * MS);
        assertFalse(syncs.isDue(504 * MS));
        assertTrue(syncs.isDue(506 * MS));
        syncs.next(506 * MS, 0);
        assertFalse(syncs.isDue(600 * MS));
    }

    @Test
    void shouldNotCareAboutWhatExpiresMuchLater() {
        syncs.expiresIn(Long.MAX_VALUE, Long.MAX_VALUE - 1);
        assertEquals(500 * MS, syncs.nextNanos());
    }
}
