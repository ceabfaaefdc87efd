package io.larch.bench.compare;

import java.io.IOException;
import java.util.List;

/** A workload, which is done to both servers in the same way. */
interface Experiment {
    /** Unique; {@code --only} picks by it. */
    String name();

    /** What is measured, for who reads the report. */
    String description();

    List<Goal> goals();

    /** Whether only who names it wants it. */
    default boolean isOnRequest() {
        return false;
    }

    /** How many rounds it takes of so many that are wanted: some take too long for all. */
    default int rounds(final int wanted) {
        return wanted;
    }

    /** Does it once with one server. */
    Outcome measure(Server server, Servers servers) throws IOException, InterruptedException;
}
