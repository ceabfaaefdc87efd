package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.engine.sim.GitId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Groups of cores under faults. {@code -Dlarch.raft.sim.seconds=600} runs fresh seeds for ten
 * minutes, {@code -Dlarch.raft.seed=N} a single one. What a failing seed did is written to {@code
 * target/raft-simulation}, to be replayed and shrunk with {@code tools/bin/raft-driver}.
 */
class RaftSimulationTest {
    private static final int STEPS = 6000;
    private static final int FEW_SEEDS = 12;
    private static final int MANY_SEEDS = 150;
    private static final int FRESH_SEEDS = 20;
    private static final Path SEEDS = Path.of("src/test/resources/raft-simulation/seeds.txt");
    private static final Path TARGET = Path.of("target/raft-simulation");

    /** Runs a seed; the failures are collected so that all are reported. */
    private static void run(final long seed, final List<String> failures) throws IOException {
        try {
            new RaftSimulation(seed, Set.of()).run(STEPS);
        } catch (final RaftSimulation.Failure failure) {
            Files.createDirectories(TARGET);
            final Path file = TARGET.resolve("seed-" + seed + ".txt");
            Files.write(file, failure.story(), StandardCharsets.UTF_8);
            failures.add(failure.getMessage() + ", see " + file.toAbsolutePath());
        }
    }

    private static void runAll(final LongStream seeds) throws IOException {
        final List<String> failures = new ArrayList<>();
        for (final long seed : seeds.toArray()) {
            run(seed, failures);
        }
        assertEquals(List.of(), failures);
    }

    @Test
    void shouldKeepAllPromisesUnderFaults() throws IOException {
        final Long only = Long.getLong("larch.raft.seed");
        runAll(only == null ? LongStream.rangeClosed(1, FEW_SEEDS) : LongStream.of(only));
    }

    @Test
    @Tag("slow")
    void shouldKeepAllPromisesUnderManyFaults() throws IOException {
        runAll(LongStream.rangeClosed(FEW_SEEDS + 1, MANY_SEEDS));
    }

    @Test
    void shouldKeepAllPromisesWithSeedsThatFailedOnce() throws IOException {
        runAll(
                Files.readAllLines(SEEDS).stream()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .mapToLong(Long::parseLong));
    }

    /** The commit chooses them, or the clock if a time is given. */
    @Test
    void shouldKeepAllPromisesWithFreshSeeds() throws IOException {
        final long seconds = Long.getLong("larch.raft.sim.seconds", 0);
        final long start = System.nanoTime();
        final long first = seconds > 0 ? start & 0xffff_ffff_ffffL : GitId.seed();
        final List<String> failures = new ArrayList<>();
        long seed = first;
        while (seconds > 0
                ? System.nanoTime() - start < TimeUnit.SECONDS.toNanos(seconds)
                : seed < first + FRESH_SEEDS) {
            run(seed++, failures);
        }
        System.out.println("raft simulation: fresh seeds " + first + " to " + (seed - 1));
        assertEquals(List.of(), failures);
    }

    @Test
    void shouldDoTheSameWhenRunTwice() {
        for (long seed = 1; seed <= 10; seed++) {
            assertEquals(hash(seed), hash(seed), "seed " + seed);
        }
    }

    /** Neither what is compiled nor another process's addresses and hashes may matter. */
    @Test
    @Tag("slow")
    void shouldDoTheSameInAnInterpreterElsewhere() throws IOException, InterruptedException {
        final List<String> command =
                new ArrayList<>(
                        List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
        command.addAll(List.of("-Xint", "-XX:+UseSerialGC"));
        for (final String name : List.of("java.base/jdk.internal.misc", "java.base/sun.nio.ch")) {
            command.addAll(List.of("--add-exports", name + "=ALL-UNNAMED"));
            command.addAll(List.of("--add-opens", name + "=ALL-UNNAMED"));
        }
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Hashes.class.getName()));
        final Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        final String theirs =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertEquals(0, process.waitFor());
        assertEquals(Hashes.text(), theirs.trim());
    }

    static long hash(final long seed) {
        final RaftSimulation simulation = new RaftSimulation(seed, Set.of());
        simulation.hashMessages();
        simulation.run(2000);
        return simulation.hash();
    }

    /** Prints what some seeds lead to. */
    static final class Hashes {
        private Hashes() {}

        static String text() {
            return LongStream.of(11, 12, 13)
                    .map(RaftSimulationTest::hash)
                    .mapToObj(Long::toHexString)
                    .toList()
                    .toString();
        }

        public static void main(final String[] args) {
            System.out.println(text());
        }
    }
}
