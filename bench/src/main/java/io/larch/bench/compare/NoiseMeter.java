package io.larch.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tells what part of the machine's CPU time went to others than this process and its children,
 * which are the servers; from Linux's {@code /proc/stat} and {@code /proc/PID/stat}.
 */
final class NoiseMeter {
    private static final int FIRST_TIME_AFTER_NAME = 11;

    // Fields of the line of all processors.
    private static final int USER = 0;
    private static final int NICE = 1;
    private static final int SYSTEM = 2;
    private static final int STEAL = 7;
    private static final int FIELDS = 8;

    private final Ticks start;

    /**
     * So far, in ticks.
     *
     * @param used by programs and by the system for them; interrupts belong to nobody.
     * @param own with those of children that have ended.
     */
    record Ticks(long all, long used, long stolen, long own) {
        Noise until(final Ticks end) {
            final double elapsed = Math.max(1, end.all - all);
            final long others = end.used - used - (end.own - own);
            return new Noise(Math.max(0, others) / elapsed, (end.stolen - stolen) / elapsed);
        }
    }

    /** Begins now. */
    NoiseMeter() throws IOException {
        start = now();
    }

    /** Since the beginning. */
    Noise stop() throws IOException {
        return start.until(now());
    }

    private static Ticks now() throws IOException {
        final ProcessHandle self = ProcessHandle.current();
        final List<Long> pids =
                Stream.concat(Stream.of(self), self.children()).map(ProcessHandle::pid).toList();
        long own = 0;
        for (final long pid : pids) {
            try {
                own += timesOf(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
            } catch (final NoSuchFileException e) {
                // It has ended, and its parent has its time.
            }
        }
        return machine(Files.readString(Path.of("/proc/stat")), own);
    }

    static Ticks machine(final String stat, final long own) {
        final String[] fields = stat.lines().findFirst().orElseThrow().trim().split(" +");
        final long[] times = new long[FIELDS];
        long all = 0;
        for (int i = 0; i < FIELDS; i++) {
            times[i] = Long.parseLong(fields[i + 1]);
            all += times[i];
        }
        return new Ticks(all, times[USER] + times[NICE] + times[SYSTEM], times[STEAL], own);
    }

    /** Of a process and of its children that have ended. */
    static long timesOf(final String stat) {
        // The name in parentheses may hold spaces; fields are counted behind it.
        final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long sum = 0;
        for (int i = 0; i < 4; i++) {
            sum += Long.parseLong(fields[FIRST_TIME_AFTER_NAME + i]);
        }
        return sum;
    }
}
