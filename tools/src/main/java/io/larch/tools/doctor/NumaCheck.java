package io.larch.tools.doctor;

import io.larch.tools.cpus.CpuList;
import io.larch.tools.flags.ServerConfig;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Whether the threads that serve, and the memory that they share, are near each other. */
final class NumaCheck implements Check {
    private static final String NAME = "numa nodes";
    private static final String NODES = "/sys/devices/system/node/";

    @Override
    public List<Finding> look(final ServerConfig config, final Machine machine) {
        if (!config.tuning().cpus().arePinned()) {
            return List.of(Finding.ok(NAME, PinnedCpus.NONE));
        }
        final List<String> found = new ArrayList<>();
        final BitSet pinned = PinnedCpus.of(config);
        final BitSet nodes = PinnedCpus.read(machine, NODES + "online");
        nodes.stream()
                .forEach(
                        node -> {
                            final BitSet there =
                                    PinnedCpus.read(machine, NODES + "node" + node + "/cpulist");
                            there.and(pinned);
                            if (!there.isEmpty()) {
                                found.add("node %d: %s".formatted(node, CpuList.text(there)));
                            }
                        });
        if (found.isEmpty()) {
            return List.of(Finding.unknown(NAME, NODES + " is not shown here"));
        }
        final String figure = String.join("; ", found);
        return List.of(
                found.size() == 1
                        ? Finding.ok(NAME, figure)
                        : Finding.warning(
                                NAME,
                                figure,
                                "Choose CPUs of one node, and memory of the same (numactl"
                                        + " --cpunodebind=N --membind=N larchd ...): what threads"
                                        + " hand to each other goes from node to node."));
    }
}
