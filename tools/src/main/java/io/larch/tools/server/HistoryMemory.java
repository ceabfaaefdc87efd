package io.larch.tools.server;

import com.sun.management.OperatingSystemMXBean;
import io.larch.engine.segments.SegmentFiles;
import io.larch.tools.flags.ServerConfig;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/** Where the history of v3 keys lies: how much may be in memory, and lines for {@code /metrics}. */
final class HistoryMemory implements Supplier<String> {
    private final SegmentFiles segments;

    HistoryMemory(final SegmentFiles segments) {
        this.segments = segments;
    }

    /** The budget in bytes on this machine. */
    static long budget(final ServerConfig.Revisions revisions) {
        return revisions.historyBytes(machineBytes());
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
