package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/**
 * Groups of members under faults. More seeds: {@code -Dlarch.raft.seeds=5000}; one seed: {@code
 * -Dlarch.raft.seed=N}.
 */
class RaftSimulationTest {
    private static final int STEPS = 6000;
    private static final int FIXED_SEEDS = 150;
    private static final int FRESH_SEEDS = 30;

    private static void run(final long seed) {
        new RaftSimulation(seed, null).run(STEPS);
    }

    @Test
    void shouldKeepAllPromisesUnderFaults() {
        final Long only = Long.getLong("larch.raft.seed");
        if (only != null) {
            run(only);
            return;
        }
        for (long seed = 1; seed <= FIXED_SEEDS; seed++) {
            run(seed);
        }
    }

    @Test
    void shouldKeepAllPromisesWithFreshSeeds() {
        final int count = Integer.getInteger("larch.raft.seeds", FRESH_SEEDS);
        final long first = System.nanoTime() & 0xffff_ffffL;
        System.out.println("fresh seeds from " + first);
        for (int i = 0; i < count; i++) {
            run(first + i);
        }
    }

    @Test
    void shouldDoTheSameWhenRunTwice() {
        for (long seed = 1; seed <= 5; seed++) {
            final RaftSimulation first = new RaftSimulation(seed, null);
            final RaftSimulation second = new RaftSimulation(seed, null);
            first.run(STEPS);
            second.run(STEPS);
            assertEquals(first.hash(), second.hash());
        }
    }
}
