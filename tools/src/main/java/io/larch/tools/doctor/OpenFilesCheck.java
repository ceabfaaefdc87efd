package io.larch.tools.doctor;

import io.larch.tools.flags.ServerConfig;
import io.larch.tools.process.FileLimit;
import java.util.List;

/** Whether there may be as many connections as clients want. */
final class OpenFilesCheck implements Check {
    private static final String NAME = "open files";
    private static final String ADVICE =
            "Raise the limit: LimitNOFILE=65536 in a unit of systemd, ulimit -n in a shell.";
    private static final int GOOD = 4_096;

    @Override
    public List<Finding> look(final ServerConfig config, final Machine machine) {
        final int limit = machine.openFileLimit();
        if (limit == Integer.MAX_VALUE) {
            return List.of(Finding.ok(NAME, "no limit"));
        }
        if (limit <= FileLimit.RESERVED) {
            return List.of(Finding.problem(NAME, limit + ", a member does not start", ADVICE));
        }
        final String figure = limit + ", " + (limit - FileLimit.RESERVED) + " of them for clients";
        return List.of(
                limit < GOOD ? Finding.warning(NAME, figure, ADVICE) : Finding.ok(NAME, figure));
    }
}
