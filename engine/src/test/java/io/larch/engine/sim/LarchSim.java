package io.larch.engine.sim;

import java.io.IOException;
import java.nio.file.Path;

/** The simulator by hand; see engine/README.md. */
public final class LarchSim {
    private static final int ACTIONS = 12_000;
    private static final int LOCK_ACTIONS = 120_000;

    private LarchSim() {}

    /**
     * {@code run [BASE [SECONDS [ACTIONS]]]}, the same with {@code locks}, {@code replay FILE} or
     * {@code shrink FILE [SECONDS]}.
     */
    public static void main(final String[] args) throws IOException {
        final String command = args.length == 0 ? "run" : args[0];
        switch (command) {
            case "run" -> run(args, ACTIONS, false);
            case "locks" -> run(args, LOCK_ACTIONS, true);
            case "replay" -> replay(Path.of(args[1]));
            case "shrink" ->
                    shrink(Path.of(args[1]), args.length > 2 ? Long.parseLong(args[2]) : 300);
            default -> throw new IllegalArgumentException("unknown command: " + command);
        }
    }

    private static void run(final String[] args, final int defaultActions, final boolean isOfLocks)
            throws IOException {
        final long base = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
        final long seconds = args.length > 2 ? Long.parseLong(args[2]) : 60;
        final int actions = args.length > 3 ? Integer.parseInt(args[3]) : defaultActions;
        final long start = System.nanoTime();
        final long end = start + seconds * 1_000_000_000L;
        long steps = 0;
        long operations = 0;
        long answered = 0;
        int undecided = 0;
        int locksTaken = 0;
        int locksEnded = 0;
        int seeds = 0;
        int failures = 0;
        System.out.println("base seed " + base);
        for (long seed = base; System.nanoTime() < end; seed++) {
            final Run run =
                    isOfLocks
                            ? Run.ofLocks(seed, actions)
                            : Run.ofSeed(seed, actions, System.getProperty("larch.sim.break"));
            locksTaken += run.locksTaken();
            locksEnded += run.locksEnded();
            seeds++;
            steps += run.steps();
            operations += run.operations();
            answered += run.answered();
            undecided += run.undecided();
            if (run.violation() != null) {
                failures++;
                final Path file = Path.of("target", "sim-" + seed + ".txt");
                run.write(file, run.violation().toString());
                String text = run.violation().toString();
                text = text.length() > 600 ? text.substring(0, 600) + "..." : text;
                System.out.println(
                        "seed " + seed + " step " + run.violatedAt() + " " + text + "\n  " + file);
            }
        }
        final double took = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%d seeds, %d failed, %d steps, %.0f steps/s, %d operations, %d answered, %d undecided,"
                        + " %d locks taken, %d left%n",
                seeds,
                failures,
                steps,
                steps / took,
                operations,
                answered,
                undecided,
                locksTaken,
                locksEnded);
    }

    private static void replay(final Path file) throws IOException {
        final Run run = Run.read(file);
        if (run.violation() == null) {
            System.out.println("nothing is broken after " + run.steps() + " steps");
        } else {
            System.out.println("step " + run.violatedAt() + ": " + run.violation());
            run.violation().printStackTrace(System.out);
        }
    }

    private static void shrink(final Path file, final long seconds) throws IOException {
        final Run run = Run.read(file);
        if (run.violation() == null) {
            System.out.println("nothing is broken after " + run.steps() + " steps");
            return;
        }
        final long deadlineNanos = System.nanoTime() + seconds * 1_000_000_000L;
        final Run shortest = Shrinker.shrink(run, tried -> System.nanoTime() < deadlineNanos);
        final Path target = Path.of(file + ".short");
        shortest.write(target, shortest.violation().toString());
        System.out.print(Story.tell(shortest));
        System.out.println(target);
    }
}
