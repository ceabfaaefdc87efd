package io.larch.engine.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups of whole members under everything that may happen to them, from seeds. */
@Order(1)
class MemberSimulationTest {
    private static final int ACTIONS = 4_000;
    private static final int LONG_ACTIONS = 12_000;
    private static final int MANY = 500;

    /** In so many runs at most a planted fault is noticed. */
    private static final int PLANT_SEEDS = 100;

    /** How many are tried while a run is made short: some seconds. */
    private static final long SHRINK_ACTIONS = 200_000;

    private static final Path FOUND = Path.of("src", "test", "resources", "sim");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldKeepAllPromises(final long seed) throws IOException {
        expectNothing(Run.ofSeed(seed, ACTIONS, null), seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    @Tag("slow")
    void shouldKeepAllPromisesWithMoreSeeds(final long seed) throws IOException {
        shouldKeepAllPromises(seed);
    }

    /** Runs that once broke something. */
    @ParameterizedTest
    @MethodSource("found")
    @Tag("slow")
    void shouldNotBreakAgain(final Path file) throws IOException {
        final Run run = Run.read(file);
        assertNull(run.violation(), () -> file + ": " + run.violation());
    }

    static Stream<Path> found() throws IOException {
        try (Stream<Path> files = Files.list(FOUND)) {
            return files
                    .filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @Test
    void shouldDoTheSameFromTheSameSeed() {
        final Run first = Run.ofSeed(100, ACTIONS, null);
        final Run second = Run.ofSeed(100, ACTIONS, null);
        final Run replayed = Run.ofActions(first.setting(), first.actions(), null);
        assertEquals(first.digest(), second.digest());
        assertEquals(first.digest(), replayed.digest());
        assertEquals(first.steps(), replayed.steps());
        assertTrue(first.answered() > 0);
        assertNotEquals(first.digest(), Run.ofSeed(101, ACTIONS, null).digest());
    }

    /** A test of this test: members that break a rule are found out, and the story gets short. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ACK_WAITS_FOR_DISK",
                "ONE_VOTE_PER_TERM",
                "HELD_BACK_IS_TOLD_LATER",
                "HELD_LEARNER_STAYS"
            })
    @Tag("slow")
    void shouldFindShortenAndReplayAPlantedFault(final String rule, @TempDir final Path directory)
            throws IOException {
        final Run failing = firstFailing(rule);
        final Path file = directory.resolve("failing.txt");
        failing.write(file, failing.violation().toString());
        final Run replayed = Run.read(file);
        assertNotNull(replayed.violation());
        assertEquals(failing.violation().getMessage(), replayed.violation().getMessage());
        final Run shortest = Shrinker.shrink(replayed, tried -> tried < SHRINK_ACTIONS);
        assertEquals(failing.violation().property(), shortest.violation().property());
        assertTrue(
                shortest.actions().size() < failing.actions().size() / 2,
                () -> shortest.actions().size() + " actions are left");
        assertTrue(Story.tell(shortest).contains(shortest.violation().getMessage()));
    }

    /** The same of rules that show where a run comes to more seldom. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "COMPACTION_ENDS_THE_LATE",
                "NOBODY_JOINS_IN_THE_MIDDLE",
                "PROMOTION_WAITS_FOR_CATCH_UP",
                "LEVEL_IS_TOLD_AS_IT_IS"
            })
    @Tag("slow")
    void shouldNoticeAPlantedFault(final String rule) {
        firstFailing(rule);
    }

    private static Run firstFailing(final String rule) {
        for (long seed = 1; seed <= PLANT_SEEDS; seed++) {
            final Run run = Run.ofSeed(seed, ACTIONS, rule);
            if (run.violation() != null) {
                return run;
            }
        }
        return fail(rule + " is not noticed");
    }

    /** Seeds that no run has tried before; see {@link Seeds}. */
    @Test
    @Tag("slow")
    void shouldKeepAllPromisesForAWhile() throws IOException {
        final Seeds seeds = new Seeds(MANY);
        System.out.println("simulation of members: " + seeds);
        final long start = System.nanoTime();
        long steps = 0;
        while (seeds.hasNext()) {
            final long seed = seeds.next();
            final Run run = Run.ofSeed(seed, LONG_ACTIONS, null);
            expectNothing(run, seed);
            steps += run.steps();
        }
        final double took = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "simulation of members: %.0f s, %d steps, %.0f a second%n",
                took, steps, steps / took);
    }

    private static void expectNothing(final Run run, final long seed) throws IOException {
        if (run.violation() == null) {
            return;
        }
        final Path file = Path.of("target", "sim-" + seed + ".txt");
        final String what =
                "seed "
                        + seed
                        + " step "
                        + run.violatedAt()
                        + " at "
                        + GitId.current()
                        + ": "
                        + run.violation();
        run.write(file, what);
        fail(what + "\nreplay " + file.toAbsolutePath(), run.violation());
    }

    @Test
    void shouldReadWhatItWrites() {
        final Run run = Run.ofSeed(3, 200, null);
        final Actions parsed = new Actions();
        run.actions().lines().forEach(parsed::parse);
        assertEquals(run.actions().lines(), parsed.lines());
        assertEquals(run.setting(), Setting.parse(run.setting().lines()));
        assertEquals(List.of(), new Actions().lines());
    }
}
