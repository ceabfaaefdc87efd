package io.larch.tools.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes lines from all threads and writes them by a thread of its own, so that a slow terminal or
 * pipe never stops a member. When too many lines wait, new ones are dropped and their number is
 * told in a line.
 *
 * <p>Java's own queue and not Agrona's, which reaches into the Java machine: clients that log by
 * this start without the options that allow it.
 */
final class LogWriter {
    private static final int CAPACITY = 8_192;
    private static final long WAIT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long FLUSH_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(2);

    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private volatile OutputStream out;
    private final Thread thread;
    private volatile boolean waiting;
    private volatile long written;

    /**
     * @param out written to by the log's thread only; stays owned by the caller.
     */
    LogWriter(final OutputStream out) {
        this.out = out;
        thread = new Thread(this::run, "larch-log");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Writes elsewhere from now on, but what was handed over before.
     *
     * @param newOut written to by the log's thread only; stays owned by the caller.
     */
    void redirect(final OutputStream newOut) {
        flush();
        out = newOut;
    }

    /** Hands over a line; never waits. */
    void write(final String line) {
        // Threads that come together may each find the last place: one line more, for each of them.
        if (taken.get() - written < CAPACITY) {
            taken.incrementAndGet();
            lines.add(line);
        } else {
            dropped.incrementAndGet();
        }
        if (waiting) {
            LockSupport.unpark(thread);
        }
    }

    /** Waits, two seconds at most, until all lines handed over so far are written. */
    void flush() {
        final long goal = taken.get();
        final long deadlineNs = System.nanoTime() + FLUSH_TIMEOUT_NS;
        while (written < goal && System.nanoTime() - deadlineNs < 0) {
            LockSupport.unpark(thread);
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
        }
    }

    private void run() {
        final StringBuilder batch = new StringBuilder();
        while (true) {
            final int count = drainTo(batch);
            final long lost = dropped.getAndSet(0);
            if (lost > 0) {
                batch.append("(").append(lost).append(" log lines dropped)\n");
            }
            if (batch.isEmpty()) {
                await();
            } else {
                print(batch);
                written += count;
            }
        }
    }

    private int drainTo(final StringBuilder batch) {
        int count = 0;
        for (String line; count < CAPACITY && (line = lines.poll()) != null; count++) {
            batch.append(line);
        }
        return count;
    }

    private void await() {
        waiting = true;
        if (lines.isEmpty()) {
            LockSupport.parkNanos(this, WAIT_NS);
        }
        waiting = false;
    }

    private void print(final StringBuilder batch) {
        try {
            out.write(batch.toString().getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (final IOException e) {
            // Nobody reads the log any more. A member serves on without one.
            dropped.incrementAndGet();
        }
        batch.setLength(0);
    }
}
