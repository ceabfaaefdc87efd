package io.larch.tools.ctl;

import java.io.IOException;
import java.time.Duration;

/** When a command gives up. */
final class Deadline {
    /** Of a watch. */
    static final Deadline NEVER = new Deadline(Duration.ofDays(100 * 365));

    private final long endNanos;

    private Deadline(final Duration span) {
        endNanos = System.nanoTime() + span.toNanos();
    }

    static Deadline in(final Duration span) {
        return new Deadline(span);
    }

    /** What is left; not more than such a span. */
    Duration left(final Duration most) throws PassedException {
        final Duration left = Duration.ofNanos(endNanos - System.nanoTime());
        if (left.isNegative() || left.isZero()) {
            throw new PassedException();
        }
        return left.compareTo(most) < 0 ? left : most;
    }

    boolean hasPassed() {
        return endNanos - System.nanoTime() <= 0;
    }

    /** It has passed. */
    static final class PassedException extends IOException {
        private static final long serialVersionUID = 1L;

        PassedException() {
            super("context deadline exceeded");
        }
    }
}
