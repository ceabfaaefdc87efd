package io.larch.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time of processes of this machine, from Linux's {@code /proc/PID/stat}. */
public final class ServerCpu {
    /** Linux shows times to user space in hundredths of a second on all machines we know. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int UTIME_AFTER_NAME = 11;

    private ServerCpu() {}

    /** User and system time so far of all these processes together, in ticks. */
    public static long ticks(final long[] pids) throws IOException {
        long sum = 0;
        for (final long pid : pids) {
            sum += ticks(pid);
        }
        return sum;
    }

    private static long ticks(final long pid) throws IOException {
        final String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        // The name in parentheses may hold spaces; fields are counted behind it.
        final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[UTIME_AFTER_NAME])
                + Long.parseLong(fields[UTIME_AFTER_NAME + 1]);
    }

    /** Of ticks. */
    public static double seconds(final long ticks) {
        return ticks / TICKS_PER_SECOND;
    }
}
