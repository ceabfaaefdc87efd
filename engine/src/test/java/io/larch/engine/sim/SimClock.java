package io.larch.engine.sim;

import java.util.function.LongSupplier;

/**
 * The clocks of one member. They move only when told, so each member's may run ahead, lag behind or
 * stand still. The wall clock is off by some amount, may jump, may stand still while the other goes
 * on, and may run too fast or too slow.
 */
public final class SimClock {
    /** Some day of 2020. */
    private static final long EPOCH_NANOS = 1_600_000_000_000_000_000L;

    private static final long START_NANOS = 1_000_000_000L;

    private long nanos = START_NANOS;
    private long wallNanos = EPOCH_NANOS + START_NANOS;
    private long skewPermille;
    private boolean isWallFrozen;

    /** Lets time pass. */
    public void pass(final long elapsedNanos) {
        nanos += elapsedNanos;
        if (!isWallFrozen) {
            wallNanos += elapsedNanos + elapsedNanos * skewPermille / 1000;
        }
    }

    /** Moves the wall clock alone, forward or back. */
    void jump(final long byNanos) {
        wallNanos += byNanos;
    }

    /** From now on the wall clock runs so much too fast; negative: too slow. */
    void skew(final long permille) {
        skewPermille = permille;
    }

    /** Whether the wall clock stands still from now on. */
    void freeze(final boolean isFrozen) {
        isWallFrozen = isFrozen;
    }

    public long nanoTime() {
        return nanos;
    }

    public LongSupplier monotonic() {
        return () -> nanos;
    }

    public LongSupplier wall() {
        return () -> wallNanos;
    }
}
