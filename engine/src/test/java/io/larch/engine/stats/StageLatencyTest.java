package io.larch.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class StageLatencyTest {
    private static final long MS = 1_000_000L;

    private final StageLatency stages = new StageLatency(0);

    @Test
    void shouldSplitTheWayOfAWriteIntoPartsThatAddUp() {
        stages.taken(1 * MS, 2 * MS);
        stages.proposed(10, 0);
        stages.appended(3 * MS);
        stages.durable(10, 7 * MS);
        stages.committed(10, 12 * MS);
        stages.answered();
        stages.applied(12 * MS, 18 * MS);
        stages.replied(25 * MS);

        final long[] expectedMs = {1, 2, 3, 4, 5, 6, 7};
        for (final Stage stage : Stage.values()) {
            assertEquals(1, stages.recorder(stage).count(), stage.label());
            assertEquals(
                    expectedMs[stage.ordinal()] * MS,
                    stages.recorder(stage).sumNanos(),
                    stage.label());
        }
    }

    @Test
    void shouldCountEachWriteOfABatch() {
        stages.proposed(10, 0);
        stages.proposed(11, 5);
        stages.proposed(12, 9);
        stages.appended(3 * MS);
        stages.proposed(13, 3 * MS);
        stages.appended(4 * MS);
        stages.durable(12, 5 * MS);

        assertEquals(4, stages.recorder(Stage.APPEND).count());
        assertEquals(3, stages.recorder(Stage.FSYNC).count());
        assertTrue(stages.isSyncing());
        stages.durable(20, 6 * MS);
        assertFalse(stages.isSyncing());
        stages.committed(13, 6 * MS);
        assertEquals(4, stages.recorder(Stage.REPLICATE).count());
    }

    @Test
    void shouldNotWaitForAQuorumTwiceWhenTheOwnDiskIsLast() {
        stages.proposed(10, 0);
        stages.appended(1 * MS);
        stages.durable(10, 9 * MS);
        stages.committed(10, 9 * MS);

        assertEquals(8 * MS, stages.recorder(Stage.FSYNC).sumNanos());
        assertEquals(0, stages.recorder(Stage.REPLICATE).sumNanos());
        assertEquals(1, stages.recorder(Stage.REPLICATE).count());
    }

    @Test
    void shouldForgetWhatAnotherLeaderMayHaveOverwritten() {
        stages.proposed(10, 0);
        stages.appended(1 * MS);
        stages.proposed(11, 0);
        stages.forget();
        stages.appended(2 * MS);
        stages.durable(99, 2 * MS);
        stages.committed(99, 2 * MS);

        assertEquals(1, stages.recorder(Stage.APPEND).count());
        assertEquals(0, stages.recorder(Stage.FSYNC).count());
        assertFalse(stages.isSyncing());
    }

    @Test
    void shouldLeaveOutWhatIsBeyondItsMemoryAndGoOn() {
        final int batches = 10_000;
        for (int i = 1; i <= batches; i++) {
            stages.proposed(i, i);
            stages.appended(i);
        }
        stages.durable(batches, batches);
        stages.committed(batches, batches);
        final long timed = stages.recorder(Stage.FSYNC).count();
        assertTrue(timed > 1_000 && timed < batches, () -> "timed " + timed);
        assertEquals(timed, stages.recorder(Stage.REPLICATE).count());

        stages.proposed(batches + 1, 0);
        stages.appended(1);
        stages.durable(batches + 1, 2);
        assertEquals(timed + 1, stages.recorder(Stage.FSYNC).count());
    }

    @Test
    void shouldTimeAForwardedWriteUntilItIsBack() {
        stages.taken(1, 2);
        stages.returned(5 * MS);
        stages.answered();
        stages.applied(0, 1 * MS);
        stages.handedOver();
        stages.repliedElsewhere(2 * MS, 1);

        assertEquals(5 * MS, stages.recorder(Stage.REPLICATE).sumNanos());
        assertEquals(2 * MS, stages.recorder(Stage.REPLY).sumNanos());
        assertFalse(stages.isReplying());
        assertEquals(0, stages.recorder(Stage.APPEND).count());
    }
}
