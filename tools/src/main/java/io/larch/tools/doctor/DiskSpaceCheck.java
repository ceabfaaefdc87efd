package io.larch.tools.doctor;

import io.larch.tools.flags.ServerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether logs and snapshots have room. */
final class DiskSpaceCheck implements Check {
    private static final String NAME = "disk space";
    private static final String FILES = "inodes";
    private static final long LEAST_BYTES = 256L << 20;

    /** Some segments of the log, two snapshots, and what history must leave free. */
    private static final long GOOD_BYTES = 2L << 30;

    private static final long LEAST_INODES = 100;
    private static final long GOOD_INODES = 1_000;

    @Override
    public List<Finding> look(final ServerConfig config, final Machine machine) {
        final Set<Path> directories = new LinkedHashSet<>();
        directories.add(machine.existing(config.storage().dataDir()));
        directories.add(machine.existing(config.storage().walDir()));
        final List<Finding> findings = new ArrayList<>();
        for (final Path directory : directories) {
            findings.add(space(directory, machine.freeBytes(directory)));
            findings.add(files(directory, machine.inodes(directory)));
        }
        return findings;
    }

    private static Finding space(final Path directory, final long free) {
        final String figure = Bytes.text(free) + " free in " + directory;
        if (free >= GOOD_BYTES) {
            return Finding.ok(NAME, figure);
        }
        final String advice =
                "Make room: a member without any stops, and "
                        + Bytes.text(GOOD_BYTES)
                        + " are few.";
        return free < LEAST_BYTES
                ? Finding.problem(NAME, figure, advice)
                : Finding.warning(NAME, figure, advice);
    }

    private static Finding files(final Path directory, final Optional<Machine.Inodes> inodes) {
        if (inodes.isEmpty()) {
            return Finding.unknown(FILES, "the system does not say");
        }
        final long free = inodes.get().free();
        if (inodes.get().total() == 0) {
            return Finding.ok(FILES, "no limit in " + directory);
        }
        final String figure = free + " free in " + directory;
        if (free >= GOOD_INODES) {
            return Finding.ok(FILES, figure);
        }
        final String advice =
                "Remove small files from that file system, or make it anew with more.";
        return free < LEAST_INODES
                ? Finding.problem(FILES, figure, advice)
                : Finding.warning(FILES, figure, advice);
    }
}
