package io.larch.engine.loop;

/** Counts the ticks that have passed on the monotonic clock. Owned by the engine thread. */
final class TickClock {
    private final long tickNanos;
    private long nextNanos;

    TickClock(final long nowNanos, final long tickNanos) {
        this.tickNanos = tickNanos;
        nextNanos = nowNanos + tickNanos;
    }

    long nextNanos() {
        return nextNanos;
    }

    /** Ticks since the last call; the core bounds what a long pause may count. */
    long elapsed(final long nowNanos) {
        if (nextNanos - nowNanos > 0) {
            return 0;
        }
        final long elapsed = 1 + (nowNanos - nextNanos) / tickNanos;
        nextNanos += elapsed * tickNanos;
        return elapsed;
    }
}
