package io.larch.tools.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AdaptiveSpinTest {
    private static final long WAKE_NANOS = 50_000;
    private static final long LOOK_NANOS = 1_000;

    private final AdaptiveSpin spin = new AdaptiveSpin();
    private long nowNanos = -5;
    private long spunNanos;
    private int sleeps;
    private long answers;
    private boolean hasAnswers = true;
    private boolean areWrites;
    private long durableIndex;

    @Test
    void shouldLookForTheNextRequestOfAClientThatWaitsForEachAnswer() {
        requests(100, 30_000, 1);
        sleeps = 0;
        requests(1000, 30_000, 1);
        assertEquals(0, sleeps);
    }

    @Test
    void shouldCostNothingWhereRequestsComeNowAndThen() {
        requests(1000, 5_000_000, 1);
        assertEquals(0, spunNanos);
        requests(1000, 50_000_000, 1);
        assertEquals(0, spunNanos);
    }

    @Test
    void shouldSleepWhereManyComeAtATime() {
        requests(1000, 30_000, 64);
        assertEquals(0, spunNanos);
    }

    @Test
    void shouldStopSoonWhenAClientPauses() {
        requests(100, 30_000, 1);
        spunNanos = 0;
        requests(100, 10_000_000, 1);
        assertTrue(spunNanos <= 2 * AdaptiveSpin.LONGEST_NANOS, () -> "" + spunNanos);
    }

    @Test
    void shouldNotLookForWhatPeersSend() {
        hasAnswers = false;
        requests(1000, 30_000, 1);
        assertEquals(0, spunNanos);
    }

    @Test
    void shouldSleepBehindAWrite() {
        areWrites = true;
        requests(1000, 30_000, 1);
        assertEquals(0, spunNanos);
    }

    @Test
    void shouldLookBehindTheReadsOfWhoWritesNowAndThen() {
        requests(100, 30_000, 1);
        spunNanos = 0;
        for (int i = 0; i < 100; i++) {
            areWrites = false;
            requests(9, 30_000, 1);
            areWrites = true;
            requests(1, 30_000, 1);
        }
        assertTrue(spunNanos >= 100 * 8 * 30_000, () -> "" + spunNanos);
        assertTrue(spunNanos <= 100 * 9 * 31_000, () -> "" + spunNanos);
    }

    /** A leader waits for its followers before it can answer, and then for its client. */
    @Test
    void shouldLookForTheNextRequestHoweverLongAnAnswerTakes() {
        for (int i = 0; i < 100; i++) {
            hasAnswers = false;
            requests(1, 30_000, 1);
            hasAnswers = true;
            requests(1, 130_000, 1);
        }
        assertTrue(spunNanos >= 80 * 30_000, () -> "" + spunNanos);
        assertTrue(spunNanos <= 100 * 31_000, () -> "" + spunNanos);
    }

    @Test
    void shouldLookInVainForASmallPartOfTheTimeWhateverComes() {
        for (int shortOfTen = 0; shortOfTen <= 10; shortOfTen++) {
            final Random random = new Random(shortOfTen);
            long inVainNanos = 0;
            final long beginNanos = nowNanos;
            for (int i = 0; i < 10_000; i++) {
                final boolean isShort = random.nextInt(10) < shortOfTen;
                final long before = spunNanos;
                requests(1, isShort ? 20_000 : 2_000_000, 1);
                if (!isShort) {
                    inVainNanos += spunNanos - before;
                }
            }
            final long inVain = inVainNanos * 100 / (nowNanos - beginNanos);
            assertTrue(inVain <= 5, () -> inVain + " %");
        }
    }

    /** Requests that come some time after the thread had nothing to do. */
    private void requests(final int count, final long gapNanos, final int atATime) {
        for (int i = 0; i < count; i++) {
            final long arrivesNanos = nowNanos + gapNanos;
            boolean isAwake = true;
            while (isAwake && nowNanos < arrivesNanos) {
                isAwake = spin.looksAgain(answers, durableIndex, nowNanos);
                if (isAwake) {
                    nowNanos += LOOK_NANOS;
                    spunNanos += LOOK_NANOS;
                }
            }
            if (!isAwake) {
                sleeps++;
                nowNanos = arrivesNanos + WAKE_NANOS;
            }
            nowNanos += 10_000;
            spin.worked(atATime, nowNanos);
            if (hasAnswers) {
                answers += atATime;
            }
            if (areWrites) {
                durableIndex++;
            }
            spin.worked(atATime, nowNanos);
        }
    }
}
