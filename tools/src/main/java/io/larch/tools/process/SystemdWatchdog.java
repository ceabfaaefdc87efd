package io.larch.tools.process;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd that the process is alive as long as all of its threads that serve are, for units
 * with {@code WatchdogSec=}. Until they have shown life for the first time it is told anyway: a
 * long log may have to be applied before. Has a thread of its own, which ends with the process.
 *
 * @see <a href="https://www.freedesktop.org/software/systemd/man/sd_watchdog_enabled.html">
 *     sd_watchdog_enabled(3)</a>
 */
public final class SystemdWatchdog implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(SystemdWatchdog.class);

    /** So often within the time that systemd waits. */
    private static final int BEATS = 3;

    /** More often makes load, and floods the log while a thread is silent. */
    private static final long MIN_BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final SystemdNotifier systemd;
    private final Supplier<CompletableFuture<Void>> pulse;
    private final long beatNanos;
    private boolean hasBegun;

    private SystemdWatchdog(
            final SystemdNotifier systemd,
            final Supplier<CompletableFuture<Void>> pulse,
            final long beatNanos) {
        this.systemd = systemd;
        this.pulse = pulse;
        this.beatNanos = beatNanos;
    }

    /**
     * Begins, if systemd wants to know.
     *
     * @param environment of the process: {@code WATCHDOG_USEC}, and {@code WATCHDOG_PID} when it
     *     may be meant for another.
     * @param pulse done when all threads have shown life.
     * @return whether it wants to.
     */
    public static boolean start(
            final Map<String, String> environment,
            final SystemdNotifier systemd,
            final Supplier<CompletableFuture<Void>> pulse) {
        final long waitNanos = TimeUnit.MICROSECONDS.toNanos(micros(environment));
        if (waitNanos <= 0) {
            return false;
        }
        final long beatNanos = Math.max(waitNanos / BEATS, MIN_BEAT_NANOS);
        final Thread thread =
                new Thread(new SystemdWatchdog(systemd, pulse, beatNanos), "larch-watchdog");
        thread.setDaemon(true);
        thread.start();
        return true;
    }

    /** 0: nobody wants to know. */
    private static long micros(final Map<String, String> environment) {
        final String own = Long.toString(ProcessHandle.current().pid());
        if (!environment.getOrDefault("WATCHDOG_PID", own).equals(own)) {
            return 0;
        }
        final String micros = environment.getOrDefault("WATCHDOG_USEC", "0");
        try {
            return Long.parseLong(micros);
        } catch (final NumberFormatException e) {
            LOG.error("WATCHDOG_USEC is not a number: {}", micros);
            return 0;
        }
    }

    @Override
    public void run() {
        try {
            while (true) {
                final CompletableFuture<Void> asked = pulse.get();
                final long start = System.nanoTime();
                await(asked);
                TimeUnit.NANOSECONDS.sleep(start + beatNanos - System.nanoTime());
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (final ExecutionException | RejectedExecutionException e) {
            // Threads have ended: the process is about to.
            LOG.debug("no more signs of life: {}", e.toString());
        }
    }

    private void await(final CompletableFuture<Void> asked)
            throws InterruptedException, ExecutionException {
        for (boolean isAsked = true; isAsked; ) {
            try {
                asked.get(beatNanos, TimeUnit.NANOSECONDS);
                hasBegun = true;
                isAsked = false;
            } catch (final TimeoutException e) {
                LOG.warn(
                        "a thread that serves has shown no sign of life for {} ms",
                        TimeUnit.NANOSECONDS.toMillis(beatNanos));
                if (hasBegun) {
                    continue;
                }
            }
            systemd.alive();
        }
    }
}
