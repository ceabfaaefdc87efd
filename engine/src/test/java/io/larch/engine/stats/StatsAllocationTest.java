package io.larch.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class StatsAllocationTest {
    private static final int ROUNDS = 20_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final StageLatency stages = new StageLatency(0);
    private final LeaderStats leader = new LeaderStats(0);
    private final SelfStats self = new SelfStats(new EngineCounters(null));
    private long nowNanos;

    @Test
    void shouldNotAllocateWhenRecording() {
        rounds();
        final long before = threads.getCurrentThreadAllocatedBytes();
        rounds();
        final long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertTrue(allocated < ROUNDS, () -> "allocated " + allocated);
        assertEquals(2L * ROUNDS, stages.recorder(Stage.REPLY).count());
        assertEquals(2L * ROUNDS, self.sendCount());
    }

    private void rounds() {
        for (int i = 0; i < ROUNDS; i++) {
            nowNanos += 12_345;
            stages.taken(i, i);
            stages.proposed(nowNanos, nowNanos);
            stages.appended(nowNanos + 1_000);
            stages.durable(nowNanos, nowNanos + 2_000);
            stages.committed(nowNanos, nowNanos + 3_000);
            stages.answered();
            stages.applied(nowNanos, nowNanos + 4_000);
            stages.replied(nowNanos + 5_000);
            leader.appendSent(i % 4 + 1);
            leader.acknowledged(i % 4 + 1, i * 1_000L);
            self.appendSent(nowNanos, 200);
            self.appendReceived(nowNanos, 200);
        }
    }
}
