package io.larch.bench.compare;

import java.io.IOException;
import java.util.List;

/** The command line of the comparison; {@code tools/bin/bench-compare} starts it. */
public final class CompareMain {
    private static final int USAGE_STATUS = 2;

    private CompareMain() {}

    /**
     * Compares as told by the arguments. Exits with 2 when they are wrong, and with 1 when
     * something could not be measured, which the report says; goals that are not reached are no
     * failure.
     */
    public static void main(final String[] args) throws IOException, InterruptedException {
        if (List.of(args).contains("--help")) {
            System.out.println(CompareContext.USAGE);
            return;
        }
        final CompareContext context;
        try {
            context = CompareContext.parse(args);
        } catch (final IllegalArgumentException e) {
            System.err.println("bench-compare: " + e.getMessage());
            System.err.println(CompareContext.USAGE);
            System.exit(USAGE_STATUS);
            return;
        }
        if (context.isListWanted()) {
            list(context);
            return;
        }
        // A charts' library would else want a screen.
        System.setProperty("java.awt.headless", "true");
        System.exit(new Comparison(context).run() ? 0 : 1);
    }

    private static void list(final CompareContext context) {
        for (final List<Experiment> stage : Plan.stages(context)) {
            for (final Experiment experiment : stage) {
                System.out.println(
                        experiment.name()
                                + (context.isWanted(experiment) ? ": " : " (only by name): ")
                                + experiment.description());
                for (final Goal goal : experiment.goals()) {
                    System.out.println(
                            "    "
                                    + goal.figure().titleAndUnit()
                                    + (goal.basis() == Goal.Basis.RATIO ? " by etcd's" : "")
                                    + ": must "
                                    + goal.must()
                                    + ", aim "
                                    + goal.aim());
                }
            }
        }
    }
}
