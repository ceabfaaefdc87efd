package io.larch.tools.doctor;

import io.larch.tools.flags.ServerConfig;
import java.util.List;
import java.util.Optional;

/** Whether the kernel gives memory in large pages to those who did not ask. */
final class HugePagesCheck implements Check {
    private static final String NAME = "huge pages";
    private static final String SETTING = "/sys/kernel/mm/transparent_hugepage/enabled";

    @Override
    public List<Finding> look(final ServerConfig config, final Machine machine) {
        final Optional<String> setting = machine.read(SETTING);
        if (setting.isEmpty()) {
            return List.of(Finding.unknown(NAME, SETTING + " is not shown here"));
        }
        final String figure = "transparent ones: " + setting.get();
        return List.of(
                setting.get().contains("[always]")
                        ? Finding.warning(
                                NAME,
                                figure,
                                "Leave them to those who ask (echo madvise >%s): tables of which"
                                                .formatted(SETTING)
                                        + " little is used take whole large pages, and a thread may"
                                        + " wait while the kernel makes one.")
                        : Finding.ok(NAME, figure));
    }
}
