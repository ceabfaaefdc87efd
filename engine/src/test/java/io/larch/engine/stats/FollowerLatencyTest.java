package io.larch.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FollowerLatencyTest {
    private final FollowerLatency latency = new FollowerLatency();

    @Test
    void shouldShowZerosBeforeTheFirstSuccess() {
        latency.failed();

        assertEquals(0, latency.minimumMs());
        assertEquals(0, latency.standardDeviationMs());
        assertEquals(1, latency.fails());
        assertEquals(Distribution.EMPTY, latency.recorder().total());
    }

    @Test
    void shouldDeviateAsEtcdDefinesIt() {
        double sum = 0;
        double squares = 0;
        final double[] samplesMs = {0.25, 0.5, 4, 0.125, 30.75, 0.25};
        for (final double ms : samplesMs) {
            latency.succeeded((long) (ms * 1e6));
            sum += ms;
            squares += ms * ms;
        }

        final double average = sum / samplesMs.length;
        assertEquals(0.25, latency.currentMs());
        assertEquals(average, latency.averageMs(), 1e-12);
        assertEquals(
                Math.sqrt(squares / samplesMs.length - average * average),
                latency.standardDeviationMs(),
                1e-12);
        assertEquals(0.125, latency.minimumMs());
        assertEquals(30.75, latency.maximumMs());
        assertEquals(6, latency.successes());
    }

    @Test
    void shouldKeepItsDigitsWhenSamplesHardlyDiffer() {
        for (int i = 0; i < 1_000; i++) {
            latency.succeeded(50_000_000_000L + i % 2);
        }

        // Half a nanosecond, where sums of squares in milliseconds would be all rounding.
        assertEquals(0.5e-6, latency.standardDeviationMs(), 1e-8);
    }

    @Test
    void shouldCountATimeThatRunsBackwardsAsNone() {
        latency.succeeded(-5);

        assertEquals(0, latency.minimumMs());
        assertEquals(1, latency.recorder().total().count());
    }

    @Test
    void shouldForgetFollowersThatWereRemovedAndKeepTheOthers() {
        final LeaderStats leader = new LeaderStats(1_000);
        leader.appendSent(7);
        leader.acknowledged(8, 1_000_000);
        leader.unreachable(9);
        leader.appendFailed(8);
        leader.forget(7);

        final TreeMap<Long, String> shown = new TreeMap<>();
        leader.forEach((id, f) -> shown.put(id, f.successes() + "/" + f.fails()));
        assertEquals("{8=1/1}", shown.toString());
    }

    @Test
    void shouldRestartTheIntervalAndKeepTheTotal() {
        final LeaderStats leader = new LeaderStats(1_000);
        leader.acknowledged(8, 1_000_000);
        assertEquals(500, leader.intervalNanos(1_500));

        leader.restartInterval(2_000);
        leader.acknowledged(8, 3_000_000);

        assertEquals(500, leader.intervalNanos(2_500));
        leader.forEach(
                (id, f) -> {
                    assertEquals(1, f.recorder().interval().count());
                    assertEquals(2, f.recorder().total().count());
                    assertTrue(f.recorder().interval().min() > 2_900_000);
                    assertEquals(2_000_000, f.recorder().total().mean());
                    assertEquals(4e6, f.recorder().total().sum());
                });
    }
}
