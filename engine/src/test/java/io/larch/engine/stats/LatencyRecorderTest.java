package io.larch.engine.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LatencyRecorderTest {
    private final LatencyRecorder recorder = new LatencyRecorder();

    @Test
    void shouldTellPercentilesWithinAThousandth() {
        for (int micros = 1; micros <= 10_000; micros++) {
            recorder.record(micros * 1_000L);
        }

        final Distribution total = recorder.total();
        assertEquals(10_000, total.count());
        assertNear(5_000_000, total.p50());
        assertNear(9_000_000, total.p90());
        assertNear(9_900_000, total.p99());
        assertNear(9_990_000, total.p999());
        assertNear(10_000_000, total.max());
        assertEquals(5_000_500, total.mean());
    }

    @Test
    void shouldCountASharedDurationForEach() {
        recorder.record(1_000_000, 99);
        recorder.record(5_000_000, 1);
        recorder.record(9_000_000, 0);

        assertEquals(100, recorder.count());
        assertNear(1_000_000, recorder.total().p99());
        assertNear(5_000_000, recorder.total().max());
        assertEquals(104e6, recorder.sumNanos());
    }

    @Test
    void shouldBoundWhatItCannotResolve() {
        recorder.record(Long.MIN_VALUE);
        recorder.record(Long.MAX_VALUE);

        assertEquals(0, recorder.total().min());
        assertNear(LatencyRecorder.MAX_NANOS, recorder.total().max());
    }

    @Test
    void shouldAddUpIntervals() {
        for (int i = 1; i <= 3; i++) {
            recorder.record(i * 1_000_000L);
            recorder.restartInterval();
        }

        assertEquals(Distribution.EMPTY, recorder.interval());
        assertEquals(3, recorder.total().count());
        assertEquals(2_000_000, recorder.total().mean());
        assertNear(3_000_000, recorder.total().max());
    }

    @Test
    void shouldCountByBounds() {
        recorder.record(400_000);
        recorder.record(1_500_000, 2);
        recorder.restartInterval();
        recorder.record(1_700_000);
        recorder.record(9_000_000);

        assertArrayEquals(
                new long[] {1, 3, 0, 1}, recorder.countsByBound(1_000_000, 2_000_000, 4_000_000));
    }

    private static void assertNear(final long expected, final long actual) {
        assertTrue(
                Math.abs(expected - actual) <= expected / 1_000 + 1_000,
                () -> "expected " + expected + " but was " + actual);
    }
}
