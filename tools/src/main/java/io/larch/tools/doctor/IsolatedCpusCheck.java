package io.larch.tools.doctor;

import io.larch.tools.cpus.CpuList;
import io.larch.tools.flags.ServerConfig;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Whether other processes run on the CPUs that threads of this member have for themselves. */
final class IsolatedCpusCheck implements Check {
    private static final String NAME = "isolated cpus";

    /** By the kernel's command line, and by the groups of processes. */
    private static final List<String> FILES =
            List.of("/sys/devices/system/cpu/isolated", "/sys/fs/cgroup/cpuset.cpus.isolated");

    @Override
    public List<Finding> look(final ServerConfig config, final Machine machine) {
        if (!config.tuning().cpus().arePinned()) {
            return List.of(Finding.ok(NAME, PinnedCpus.NONE));
        }
        if (FILES.stream().map(machine::read).noneMatch(Optional::isPresent)) {
            return List.of(Finding.unknown(NAME, FILES.get(0) + " is not shown here"));
        }
        final BitSet shared = PinnedCpus.of(config);
        for (final String file : FILES) {
            shared.andNot(PinnedCpus.read(machine, file));
        }
        if (shared.isEmpty()) {
            return List.of(Finding.ok(NAME, CpuList.text(PinnedCpus.of(config))));
        }
        final String list = CpuList.text(shared);
        return List.of(
                Finding.warning(
                        NAME,
                        "others run on %s, too".formatted(list),
                        "Keep them off (isolcpus=%s on the kernel's command line, or AllowedCPUs= of"
                                        .formatted(list)
                                + " the units of systemd): who runs there is waited for."));
    }
}
