package io.larch.engine.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Locks of careful clients while wall clocks jump, run wrong and stand still, and members are cut
 * off, paused and crash: no lock ends before its time, and in a calm none a second after it.
 */
class LockSimulationTest {
    private static final int ACTIONS = 120_000;
    private static final int MANY = 30;

    @ParameterizedTest
    @ValueSource(longs = {1})
    void shouldKeepLocksForTheirTime(final long seed) throws IOException {
        final Run run = Run.ofLocks(seed, ACTIONS);

        expectNothing(run, seed);
        assertTrue(run.locksTaken() > 0, "no lock was taken");
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 3})
    @Tag("slow")
    void shouldKeepLocksForTheirTimeWithMoreSeeds(final long seed) throws IOException {
        shouldKeepLocksForTheirTime(seed);
    }

    @Test
    @Tag("slow")
    void shouldSeeLocksEndInTime() throws IOException {
        final Run run = Run.ofLocks(7, ACTIONS);
        expectNothing(run, 7);
        assertTrue(run.locksEnded() > 0, "no lock was left");
    }

    /** Seeds that no run has tried before; see {@link Seeds}. */
    @Test
    @Tag("slow")
    void shouldKeepLocksForTheirTimeForAWhile() throws IOException {
        final Seeds seeds = new Seeds(MANY);
        System.out.println("simulation of locks: " + seeds);
        int taken = 0;
        int ended = 0;
        while (seeds.hasNext()) {
            final long seed = seeds.next();
            final Run run = Run.ofLocks(seed, ACTIONS);
            expectNothing(run, seed);
            taken += run.locksTaken();
            ended += run.locksEnded();
        }
        System.out.printf("simulation of locks: %d taken, %d left%n", taken, ended);
    }

    private static void expectNothing(final Run run, final long seed) throws IOException {
        if (run.violation() == null) {
            return;
        }
        final Path file = Path.of("target", "locks-" + seed + ".txt");
        run.write(file, "locks, seed " + seed + ": " + run.violation());
        fail(
                "seed " + seed + ": " + run.violation() + "\nreplay " + file.toAbsolutePath(),
                run.violation());
    }
}
