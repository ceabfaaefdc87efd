package io.larch.engine.loop;

import io.larch.engine.application.Applications;
import java.util.function.LongSupplier;

/**
 * What applications do between other work: each turn gives them about a millisecond together. Owned
 * by the engine thread.
 */
final class BackgroundWork {
    private static final long TURN_NANOS = 1_000_000L;

    /** Entries looked at between two looks at the clock. */
    private static final int STEPS = 256;

    private final Applications applications;
    private final LongSupplier nanoTime;

    BackgroundWork(final Applications applications, final LongSupplier nanoTime) {
        this.applications = applications;
        this.nanoTime = nanoTime;
    }

    boolean hasWork() {
        return applications.hasWork();
    }

    int doWork() {
        int workCount = applications.work(STEPS);
        if (workCount == 0) {
            return 0;
        }
        final long startNanos = nanoTime.getAsLong();
        int done = workCount;
        while (done > 0 && nanoTime.getAsLong() - startNanos < TURN_NANOS) {
            done = applications.work(STEPS);
            workCount += done;
        }
        return workCount;
    }
}
