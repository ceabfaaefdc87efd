package io.larch.tools.doctor;

import io.larch.tools.flags.ServerConfig;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Whether processors first have to speed up when a request comes. */
final class CpuFrequencyCheck implements Check {
    private static final String NAME = "cpu frequency";
    private static final Set<String> SLOW = Set.of("powersave", "conservative");

    @Override
    public List<Finding> look(final ServerConfig config, final Machine machine) {
        final Set<String> governors = new TreeSet<>(machine.cpuGovernors());
        if (governors.isEmpty()) {
            return List.of(
                    Finding.unknown(NAME, "this machine does not say, as virtual ones mostly"));
        }
        final String figure = "governor " + String.join(", ", governors);
        return List.of(
                governors.stream().anyMatch(SLOW::contains)
                        ? Finding.warning(
                                NAME,
                                figure,
                                "Set the governor to performance (cpupower frequency-set -g"
                                        + " performance): a slow start of the processor is added to"
                                        + " each lone request.")
                        : Finding.ok(NAME, figure));
    }
}
