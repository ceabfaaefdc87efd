package io.larch.engine.sim;

import java.util.function.LongSupplier;

/**
 * The clocks of one member. They move only when told, so each member's may run ahead, lag behind or
 * stand still; the wall clock is off by some amount and may jump.
 */
final class SimClock {
    /** Some day of 2020. */
    private static final long EPOCH_NANOS = 1_600_000_000_000_000_000L;

    private long nanos = 1_000_000_000L;
    private long skewNanos;

    /** Lets time pass. */
    void pass(final long elapsedNanos) {
        nanos += elapsedNanos;
    }

    /** Moves the wall clock alone, forward or back. */
    void jump(final long byNanos) {
        skewNanos += byNanos;
    }

    long nanoTime() {
        return nanos;
    }

    LongSupplier monotonic() {
        return () -> nanos;
    }

    LongSupplier wall() {
        return () -> EPOCH_NANOS + nanos + skewNanos;
    }
}
