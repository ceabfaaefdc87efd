package io.larch.tools.cpus;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * The threads of this process as Linux has them, by their number. To load this class loads JNA and
 * its native part, which takes some tenths of a second and some MB.
 */
final class LinuxThreads {
    private static final int NO_SUCH_THREAD = 3;
    private static final Path TASKS = Path.of("/proc/self/task");

    static {
        Native.register(LinuxThreads.class, "c");
    }

    private LinuxThreads() {}

    /** The kernel's own: words of the machine, the lowest bit is CPU 0. */
    private static native int sched_setaffinity(int thread, NativeLong bytes, long[] mask)
            throws LastErrorException;

    /**
     * Says where a thread may run from now on; threads that it starts inherit it.
     *
     * @return false when there is no such thread any more.
     * @throws LastErrorException when the kernel refuses, with its reason.
     */
    static boolean put(final int thread, final BitSet cpus) {
        final long[] mask = cpus.toLongArray();
        try {
            sched_setaffinity(thread, new NativeLong((long) mask.length * Long.BYTES), mask);
            return true;
        } catch (final LastErrorException e) {
            if (e.getErrorCode() == NO_SUCH_THREAD) {
                return false;
            }
            throw e;
        }
    }

    /** The calling thread. */
    static int current() {
        try {
            return number(Path.of("/proc/thread-self").toRealPath());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All there are. */
    static List<Integer> all() {
        try (Stream<Path> tasks = Files.list(TASKS)) {
            return tasks.map(LinuxThreads::number).toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int number(final Path task) {
        return Integer.parseInt(task.getFileName().toString());
    }
}
