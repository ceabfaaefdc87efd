package io.larch.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class NoiseMeterTest {
    @Test
    void shouldTellOthersFromItsOwn() {
        // user nice system idle iowait irq softirq steal guest guest_nice
        final String before = "cpu  100 0 50 800 10 5 5 30 7 7\ncpu0 1 1 1 1 1 1 1 1 1 1\n";
        final String after = "cpu  160 10 80 870 30 10 10 40 7 7\n";

        final Noise noise = NoiseMeter.machine(before, 200).until(NoiseMeter.machine(after, 280));

        // 210 ticks went by; 100 were used, and 80 of them by ourselves.
        assertEquals(20 / 210.0, noise.others(), 1e-12);
        assertEquals(10 / 210.0, noise.stolen(), 1e-12);
        assertTrue(noise.isDisturbing());
    }

    @Test
    void shouldHaveNoOthersWhereTicksAreCountedTwice() {
        final NoiseMeter.Ticks start = new NoiseMeter.Ticks(0, 0, 0, 0);

        final Noise noise = start.until(new NoiseMeter.Ticks(100, 90, 0, 91));

        assertEquals(0, noise.others());
        assertFalse(noise.isDisturbing());
    }

    @Test
    void shouldCountChildrenThatHaveEnded() {
        final String stat =
                "42 (a (b) c) S 1 42 42 0 -1 4194560 1 2 3 4 11 12 13 14 20 0 1 0 100 200 300";

        assertEquals(11 + 12 + 13 + 14, NoiseMeter.timesOf(stat));
    }

    @Test
    void shouldReadWhatTheSystemTells() throws IOException {
        final Noise noise = new NoiseMeter().stop();

        assertTrue(noise.others() >= 0 && noise.others() <= 1, noise::toString);
    }
}
