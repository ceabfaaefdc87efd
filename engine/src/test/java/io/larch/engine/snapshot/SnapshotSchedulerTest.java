package io.larch.engine.snapshot;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SnapshotSchedulerTest {
    private static final long MB = 1 << 20;

    @Test
    void shouldWaitForLogThatIsWorthASnapshot() {
        final long few = 20_000;
        assertTrue(isWorth(0, 1, 1));
        assertFalse(isWorth(10 * MB, few, 79 * MB));
        assertTrue(isWorth(10 * MB, few, 80 * MB));
        assertFalse(isWorth(100 * MB, few, 511 * MB));
        assertTrue(isWorth(100 * MB, few, 512 * MB));
        assertFalse(isWorth(100 * MB, 499_999, 100 * MB));
        assertTrue(isWorth(100 * MB, 500_000, 100 * MB));
        assertFalse(isWorth(1000 * MB, 5_000_000, 499 * MB));
        assertTrue(isWorth(1000 * MB, 5_000_000, 500 * MB));
        assertFalse(isWorth(4000 * MB, few, 1999 * MB));
    }

    private static boolean isWorth(
            final long snapshotBytes, final long entries, final long logBytes) {
        return SnapshotScheduler.isWorthSnapshot(snapshotBytes, entries, logBytes);
    }
}
