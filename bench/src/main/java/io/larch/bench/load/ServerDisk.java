package io.larch.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What processes of this machine have handed to the disk, from Linux's {@code /proc/PID/io}. It
 * counts whole pages, each time that one is changed after it was written; the file system's own
 * journal is not in it.
 */
public final class ServerDisk {
    private static final String FIELD = "write_bytes: ";

    private ServerDisk() {}

    /** Bytes so far of all these processes together. */
    public static long writtenBytes(final long[] pids) throws IOException {
        long sum = 0;
        for (final long pid : pids) {
            sum += written(Files.readString(Path.of("/proc", Long.toString(pid), "io")));
        }
        return sum;
    }

    static long written(final String io) {
        return io.lines()
                .filter(line -> line.startsWith(FIELD))
                .mapToLong(line -> Long.parseLong(line.substring(FIELD.length()).trim()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no " + FIELD + "in " + io));
    }
}
