package io.larch.tools.server;

import com.sun.management.OperatingSystemMXBean;
import io.larch.engine.segments.SegmentFiles;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/** Where the history of v3 keys lies: how much may be in memory, and lines for {@code /metrics}. */
final class HistoryMemory implements Supplier<String> {
    /** As {@code --quota-backend-bytes}: who has not raised that has all in memory. */
    private static final long MOST_BYTES = 2L << 30;

    private final SegmentFiles segments;

    HistoryMemory(final SegmentFiles segments) {
        this.segments = segments;
    }

    /**
     * The budget in bytes. By default a quarter of the machine's memory, or of the container's: the
     * rest is for the index, the v2 tree, the Java heap, and the kernel, which keeps of the files
     * in memory what it has room for.
     *
     * @param wanted 0: the default.
     */
    static long budget(final long wanted) {
        return wanted != 0 ? wanted : Math.min(MOST_BYTES, machineBytes() / 4);
    }

    private static long machineBytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                .getTotalMemorySize();
    }

    @Override
    public String get() {
        return gauge("larch_mvcc_memory_bytes", segments.memoryBytes())
                + gauge("larch_mvcc_mapped_bytes", segments.mappedBytes());
    }

    private static String gauge(final String name, final long value) {
        return "# TYPE " + name + " gauge\n" + name + ' ' + value + '\n';
    }
}
