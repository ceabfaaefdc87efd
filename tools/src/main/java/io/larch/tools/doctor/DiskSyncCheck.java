package io.larch.tools.doctor;

import io.larch.tools.flags.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** How long the disk of the log takes to keep a block: each write of a client waits for it. */
final class DiskSyncCheck implements Check {
    private static final String NAME = "disk sync";
    private static final long GOOD_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** Slower than this, heartbeats that wait behind syncs cost elections. */
    private static final int SYNCS_PER_ELECTION = 10;

    @Override
    public List<Finding> look(final ServerConfig config, final Machine machine) {
        final Path directory = machine.existing(config.storage().walDir());
        final long[] nanos;
        try {
            nanos = machine.syncNanos(directory);
        } catch (final IOException e) {
            return List.of(
                    Finding.problem(
                            NAME,
                            "cannot write in " + directory + ": " + e.getMessage(),
                            "Let the user that runs the member write there."));
        }
        final long p99 = nanos[(int) Math.min(nanos.length - 1L, nanos.length * 99L / 100)];
        final String figure =
                "median %s, 99 %% within %s, of %d in %s"
                        .formatted(ms(nanos[nanos.length / 2]), ms(p99), nanos.length, directory);
        if (p99 < GOOD_NANOS) {
            return List.of(Finding.ok(NAME, figure));
        }
        final long most =
                TimeUnit.MILLISECONDS.toNanos(config.timing().electionMs()) / SYNCS_PER_ELECTION;
        return List.of(
                p99 < most
                        ? Finding.warning(
                                NAME,
                                figure,
                                "Give the log a faster disk with --wal-dir, or nothing beside it.")
                        : Finding.problem(
                                NAME,
                                figure,
                                "Give the log a faster disk with --wal-dir, or raise"
                                        + " --election-timeout above "
                                        + ms(p99 * SYNCS_PER_ELECTION)
                                        + "."));
    }

    private static String ms(final long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
}
