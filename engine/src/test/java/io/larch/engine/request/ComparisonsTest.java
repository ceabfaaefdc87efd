package io.larch.engine.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class ComparisonsTest {
    private static final long SUBJECT = 7;
    private static final long OTHER = 8;
    private static final long LONGEST = Comparisons.LONGEST_NANOS;
    private static final DirectBuffer COMMAND = new UnsafeBuffer(new byte[9]);

    private final Comparisons comparisons = new Comparisons();

    @Test
    void shouldHoldUntilNoneOfItsSubjectIsUnderWay() {
        comparisons.began(SUBJECT);
        comparisons.began(SUBJECT);
        hold(SUBJECT, 1, 0);
        hold(SUBJECT, 2, 0);
        comparisons.ended(SUBJECT);
        assertFalse(comparisons.hasReleased());

        comparisons.ended(SUBJECT);

        assertReleased(1, 2);
        assertFalse(comparisons.isUnderWay(SUBJECT, 9));
    }

    /** What is under way may be lost, and is known to be only when its time is up. */
    @Test
    void shouldNotHoldForLong() {
        comparisons.began(SUBJECT);
        comparisons.began(OTHER);
        hold(SUBJECT, 1, 0);
        hold(OTHER, 2, 10);
        hold(SUBJECT, 3, 20);

        comparisons.release(LONGEST - 1);
        assertFalse(comparisons.hasReleased());
        comparisons.release(LONGEST);
        assertReleased(1);
        comparisons.release(LONGEST + 10);
        assertReleased(2);
        comparisons.release(LONGEST + 20);
        assertReleased(3);
        assertTrue(comparisons.isUnderWay(SUBJECT, 9), "the first is still under way");

        hold(SUBJECT, 4, LONGEST + 50);
        comparisons.ended(SUBJECT);
        assertReleased(4);
        comparisons.release(3 * LONGEST);
        assertFalse(comparisons.hasReleased());
    }

    @Test
    void shouldKnowWhoseClientIsGone() {
        comparisons.asks(1);
        comparisons.asks(2);
        comparisons.clientGone(1);

        assertFalse(comparisons.isWaiting(1));
        assertTrue(comparisons.isWaiting(2));
        assertFalse(comparisons.isWaiting(2), "asked for once");

        comparisons.began(SUBJECT);
        hold(SUBJECT, 3, 0);
        comparisons.clientGone(3);
        comparisons.ended(SUBJECT);
        assertEquals(3, comparisons.poll().correlationId);
        assertFalse(comparisons.isWaiting(3));
    }

    private void hold(final long subject, final long correlationId, final long nowNanos) {
        comparisons.hold(comparisons.copy(subject, COMMAND, 0, 9, correlationId, 0), nowNanos);
    }

    private void assertReleased(final long... correlationIds) {
        for (final long correlationId : correlationIds) {
            assertEquals(correlationId, comparisons.poll().correlationId);
            assertTrue(comparisons.isWaiting(correlationId));
        }
        assertNull(comparisons.poll());
    }
}
