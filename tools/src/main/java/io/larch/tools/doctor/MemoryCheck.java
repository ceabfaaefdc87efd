package io.larch.tools.doctor;

import io.larch.tools.flags.ServerConfig;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether what the flags allow fits into memory; a container that takes more is killed. */
final class MemoryCheck implements Check {
    private static final String NAME = "memory";

    /** Code, threads, buffers of connections and of peers. */
    private static final long BASE_BYTES = 160L << 20;

    private static final Pattern TOTAL = Pattern.compile("MemTotal:\\s*(\\d+) kB");

    @Override
    public List<Finding> look(final ServerConfig config, final Machine machine) {
        final long memory = machine.memoryBytes();
        final long history = config.revisions().historyBytes(memory);
        final long sure = BASE_BYTES + machine.heapBytes() + history;
        final long most = sure + config.tuning().maxBytes();
        final boolean isLimited = machineBytes(machine).map(all -> memory < all).orElse(false);
        final String figure =
                "%s%s; Java %s, history in memory %s, keys of v2 up to %s"
                        .formatted(
                                Bytes.text(memory),
                                isLimited ? " by the cgroup" : "",
                                Bytes.text(machine.heapBytes()),
                                Bytes.text(history),
                                Bytes.text(config.tuning().maxBytes()));
        if (sure > memory) {
            return List.of(
                    Finding.problem(
                            NAME,
                            figure,
                            "Lower --mvcc-memory, or give the member "
                                    + Bytes.text(sure)
                                    + " of memory."));
        }
        return List.of(
                isLimited && most > memory
                        ? Finding.warning(
                                NAME,
                                figure,
                                "Lower --max-bytes to what is left, %s, so that keys are refused"
                                                .formatted(Bytes.text(memory - sure))
                                        + " before the member is killed.")
                        : Finding.ok(NAME, figure));
    }

    private static Optional<Long> machineBytes(final Machine machine) {
        return machine.read("/proc/meminfo")
                .map(TOTAL::matcher)
                .filter(Matcher::find)
                .map(matcher -> Long.parseLong(matcher.group(1)) << 10);
    }
}
