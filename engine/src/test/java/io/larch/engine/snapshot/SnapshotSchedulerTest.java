package io.larch.engine.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SnapshotSchedulerTest {
    private static final long MB = 1 << 20;

    @Test
    void shouldWaitForLogThatIsWorthASnapshot() {
        assertEquals(0, SnapshotScheduler.logWorth(0));
        assertEquals(20 * MB, SnapshotScheduler.logWorth(10 * MB));
        assertEquals(128 * MB, SnapshotScheduler.logWorth(100 * MB));
        assertEquals(128 * MB, SnapshotScheduler.logWorth(256 * MB));
        assertEquals(500 * MB, SnapshotScheduler.logWorth(1000 * MB));
    }
}
