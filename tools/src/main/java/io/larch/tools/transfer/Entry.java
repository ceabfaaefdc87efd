package io.larch.tools.transfer;

import java.util.concurrent.TimeUnit;

/**
 * A key or a directory, as it was read.
 *
 * @param path from the root, with a slash before each name.
 * @param value empty for a directory.
 * @param deadlineNanos when it expires, by the clock of {@link System#nanoTime}; {@link #NEVER}.
 */
record Entry(String path, boolean isDirectory, String value, long deadlineNanos) {
    /** Of what has no TTL. */
    static final long NEVER = Long.MAX_VALUE;

    /** A TTL is told in whole seconds, and each side rounds. */
    private static final long TOLERANCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    static Entry file(final String path, final String value) {
        return new Entry(path, false, value, NEVER);
    }

    static Entry directory(final String path) {
        return new Entry(path, true, "", NEVER);
    }

    boolean hasDeadline() {
        return deadlineNanos != NEVER;
    }

    /** What is left to live in whole seconds, rounded up, and never none; 0: no TTL. */
    long ttlSeconds(final long nowNanos) {
        if (!hasDeadline()) {
            return 0;
        }
        final long second = TimeUnit.SECONDS.toNanos(1);
        return Math.max(1, (deadlineNanos - nowNanos + second - 1) / second);
    }

    /** Whether nothing has to be written to make one of the other. */
    boolean isSame(final Entry other) {
        return isDirectory == other.isDirectory
                && value.equals(other.value)
                && hasDeadline() == other.hasDeadline()
                && (!hasDeadline()
                        || Math.abs(deadlineNanos - other.deadlineNanos) <= TOLERANCE_NANOS);
    }

    /** Whether it is below a directory. */
    boolean isBelow(final String directory) {
        return Paths.isBelow(path, directory);
    }
}
