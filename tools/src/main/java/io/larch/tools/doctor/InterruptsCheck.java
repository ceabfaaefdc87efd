package io.larch.tools.doctor;

import io.larch.tools.cpus.CpuList;
import io.larch.tools.flags.ServerConfig;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Whether devices may interrupt the threads that have a CPU for themselves. */
final class InterruptsCheck implements Check {
    private static final String NAME = "interrupts";
    private static final int MOST_NAMED = 8;

    @Override
    public List<Finding> look(final ServerConfig config, final Machine machine) {
        if (!config.tuning().cpus().arePinned()) {
            return List.of(Finding.ok(NAME, PinnedCpus.NONE));
        }
        final BitSet pinned = PinnedCpus.of(config);
        final List<String> seen = new ArrayList<>();
        final List<String> here = new ArrayList<>();
        for (final String irq : numbers(machine)) {
            final BitSet cpus =
                    PinnedCpus.read(machine, "/proc/irq/%s/smp_affinity_list".formatted(irq));
            if (!cpus.isEmpty()) {
                seen.add(irq);
            }
            if (cpus.intersects(pinned)) {
                here.add(irq);
            }
        }
        if (seen.isEmpty()) {
            return List.of(Finding.unknown(NAME, "/proc/irq is not shown here"));
        }
        final String list = CpuList.text(pinned);
        return List.of(
                here.isEmpty()
                        ? Finding.ok(NAME, "none of %d may come to %s".formatted(seen.size(), list))
                        : Finding.warning(
                                NAME,
                                "%d of %d may come to %s: %s"
                                        .formatted(here.size(), seen.size(), list, named(here)),
                                "Send them to other CPUs (echo CPUS >/proc/irq/N/smp_affinity_list,"
                                        + " irqaffinity=CPUS on the kernel's command line, and"
                                        + " IRQBALANCE_BANNED_CPULIST=%s for irqbalance)."
                                                .formatted(list)));
    }

    /** Of devices; others belong to each CPU by itself. */
    private static List<String> numbers(final Machine machine) {
        return machine.read("/proc/interrupts").stream()
                .flatMap(String::lines)
                .map(line -> line.strip().split(":", 2)[0])
                .filter(number -> number.matches("\\d+"))
                .toList();
    }

    private static String named(final List<String> irqs) {
        final String first = String.join(", ", irqs.subList(0, Math.min(MOST_NAMED, irqs.size())));
        return irqs.size() > MOST_NAMED ? first + ", ..." : first;
    }
}
