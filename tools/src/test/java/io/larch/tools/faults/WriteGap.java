package io.larch.tools.faults;

import io.larch.tools.system.ClusterMember;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Writes to one member again and again, a moment apart, and knows the longest time between two
 * acknowledged writes. One thread of its own; figures may be read by any.
 */
final class WriteGap implements AutoCloseable {
    private static final long PAUSE_MS = 10;

    private final ClusterMember member;
    private final Thread writer = new Thread(this::write, "write-gap");
    private volatile boolean isClosed;
    private volatile long lastNanos = System.nanoTime();
    private volatile long longestNanos;

    WriteGap(final ClusterMember member) {
        this.member = member;
        writer.start();
    }

    /** The longest gap since the last call, in milliseconds; the present one counts. */
    long takeLongestMs() {
        final long longest = Math.max(longestNanos, System.nanoTime() - lastNanos);
        longestNanos = 0;
        return TimeUnit.NANOSECONDS.toMillis(longest);
    }

    private void write() {
        while (!isClosed) {
            if (isWritten()) {
                final long now = System.nanoTime();
                longestNanos = Math.max(longestNanos, now - lastNanos);
                lastNanos = now;
            }
            try {
                Thread.sleep(PAUSE_MS);
            } catch (final InterruptedException e) {
                return;
            }
        }
    }

    private boolean isWritten() {
        try {
            return member.exchange("PUT", "/v2/keys/gap", "value=1").status() < 300;
        } catch (final IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            writer.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
