package io.larch.http.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.List;

/** What the operating system and the JVM tell of this process. */
public final class ProcessMetrics {
    private static final double MS_PER_SECOND = 1e3;
    private static final double NANOS_PER_SECOND = 1e9;

    private ProcessMetrics() {}

    public static void addTo(final List<MetricSnapshot> all) {
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof UnixOperatingSystemMXBean unix) {
            final long open = unix.getOpenFileDescriptorCount();
            all.add(
                    Points.gauge(
                            "etcd_server_file_descriptors_used_total", "Files open now.", open));
            all.add(Points.gauge("process_open_fds", "Files open now.", open));
            all.add(
                    Points.gauge(
                            "process_max_fds",
                            "Files that may be open.",
                            unix.getMaxFileDescriptorCount()));
            all.add(
                    Points.counter(
                            "process_cpu_seconds_total",
                            "User and system time.",
                            unix.getProcessCpuTime() / NANOS_PER_SECOND));
            all.add(
                    Points.gauge(
                            "process_virtual_memory_bytes",
                            "Virtual memory committed.",
                            unix.getCommittedVirtualMemorySize()));
        }
        ResidentMemory.ofThisProcess()
                .ifPresent(
                        bytes ->
                                all.add(
                                        Points.gauge(
                                                "process_resident_memory_bytes",
                                                "Memory that the process has of the machine's.",
                                                bytes)));
        all.add(
                Points.gauge(
                        "process_start_time_seconds",
                        "When the process started, since the epoch.",
                        ManagementFactory.getRuntimeMXBean().getStartTime() / MS_PER_SECOND));
        final MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        all.add(Points.gauge("larch_heap_used_bytes", "Java heap in use.", heap.getUsed()));
    }
}
