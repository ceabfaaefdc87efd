package io.larch.engine.sim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One run of a group: from a seed, or from a list of actions. */
final class Run {
    private static final int LOCK_HEARTBEAT_MS = 10;

    private final Setting setting;
    private final String brokenRule;
    private final Actions actions;
    private final long seed;
    private Violation violation;
    private long steps;
    private long digest;
    private long violatedAt;
    private int operations;
    private int answered;
    private int undecided;
    private int locksTaken;
    private int locksEnded;

    private Run(
            final Setting setting,
            final String brokenRule,
            final Actions actions,
            final long seed) {
        this.setting = setting;
        this.brokenRule = brokenRule;
        this.actions = actions;
        this.seed = seed;
    }

    /**
     * Runs a seed: so many actions of all kinds, then a quiet time.
     *
     * @param brokenRule name of a rule that is broken ({@link Breach}), or null.
     */
    static Run ofSeed(final long seed, final int actionCount, final String brokenRule) {
        final SplittableRandom random = new SplittableRandom(seed);
        final Setting drawn = Setting.draw(random);
        final int size = Integer.getInteger("larch.sim.size", drawn.size());
        final Run run = new Run(drawn.withSize(size), brokenRule, new Actions(), seed);
        run.play(
                world -> {
                    final Generator generator = new Generator(world, random, run.actions);
                    while (run.actions.size() < actionCount) {
                        generator.next();
                    }
                });
        return run;
    }

    /** As {@link #ofSeed}, of clients that hold locks while clocks go wrong. */
    static Run ofLocks(final long seed, final int actionCount) {
        final SplittableRandom random = new SplittableRandom(seed);
        final Setting drawn = Setting.draw(random);
        final Setting setting = drawn.withSize(2 + drawn.size() % 4).forLocks(LOCK_HEARTBEAT_MS);
        final Run run = new Run(setting, null, new Actions(), seed);
        run.play(
                world -> {
                    final LockGenerator generator = new LockGenerator(world, random, run.actions);
                    while (run.actions.size() < actionCount) {
                        generator.next();
                    }
                });
        return run;
    }

    /** Runs recorded actions, then a quiet time. */
    static Run ofActions(final Setting setting, final Actions actions, final String brokenRule) {
        final Run run = new Run(setting, brokenRule, actions, 0);
        run.play(
                world -> {
                    for (int i = 0; i < actions.size(); i++) {
                        world.act(
                                actions.deed(i),
                                actions.number(i, 0),
                                actions.number(i, 1),
                                actions.number(i, 2),
                                actions.number(i, 3));
                    }
                });
        return run;
    }

    private interface Script {
        void play(World world);
    }

    private void play(final Script script) {
        World world = null;
        try {
            world = new World(setting, new Breach(brokenRule));
            script.play(world);
            new Quiet(world).settle();
        } catch (final Violation found) {
            violation = found;
        } catch (final RuntimeException | Error failure) {
            violation = new Violation("no unexpected end", "the run stops: " + failure, failure);
        }
        if (world != null) {
            steps = world.step();
            violatedAt = violation == null ? -1 : steps;
            digest = world.digest();
            operations = world.judges().clients().operationCount();
            answered = world.judges().clients().knownCount();
            undecided = world.judges().clients().undecided();
            locksTaken = world.judges().locks().taken();
            locksEnded = world.judges().locks().ended();
            world.close();
        }
    }

    /** What was broken, or null. */
    Violation violation() {
        return violation;
    }

    long steps() {
        return steps;
    }

    long violatedAt() {
        return violatedAt;
    }

    /** Depends on all that members sent and answered. */
    long digest() {
        return digest;
    }

    int operations() {
        return operations;
    }

    int answered() {
        return answered;
    }

    int undecided() {
        return undecided;
    }

    int locksTaken() {
        return locksTaken;
    }

    int locksEnded() {
        return locksEnded;
    }

    Setting setting() {
        return setting;
    }

    Actions actions() {
        return actions;
    }

    /** Writes the run so that {@link #read} makes it again. */
    void write(final Path file, final String comment) throws IOException {
        final List<String> lines = new ArrayList<>();
        for (final String line : comment.split("\n")) {
            lines.add("# " + line);
        }
        lines.add("# seed " + seed);
        if (brokenRule != null) {
            lines.add("broken=" + brokenRule);
        }
        lines.addAll(setting.lines());
        lines.addAll(actions.lines());
        if (file.getParent() != null) {
            Files.createDirectories(file.getParent());
        }
        Files.write(file, lines);
    }

    /** Runs what was written. */
    static Run read(final Path file) throws IOException {
        return read(Files.readAllLines(file));
    }

    static Run read(final List<String> lines) {
        final List<String> settings = new ArrayList<>();
        final Actions actions = new Actions();
        String brokenRule = null;
        for (final String line : lines) {
            if (line.startsWith("broken=")) {
                brokenRule = line.substring("broken=".length());
            } else if (line.contains("=") && !line.startsWith("#")) {
                settings.add(line);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                actions.parse(line);
            }
        }
        return ofActions(Setting.parse(settings), actions, brokenRule);
    }

    String brokenRule() {
        return brokenRule;
    }
}
