package io.larch.engine.snapshot;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds snapshots in the directory of a member. */
public final class SnapshotLoader {
    private static final Logger LOGGER = LoggerFactory.getLogger(SnapshotLoader.class);

    private SnapshotLoader() {}

    /**
     * Opens the newest snapshot that is whole, or returns null when there is none. Damaged ones are
     * renamed to {@code .broken} and told in the log; unfinished ones are removed. For the start of
     * a member, before any is taken or received.
     */
    public static SnapshotFile newestGood(final SnapshotContext context) {
        final Directory files = context.files();
        try {
            files.prepare();
            for (final String name : files.list()) {
                if (SnapshotNames.isUnfinished(name)) {
                    files.delete(name);
                }
            }
            for (final String name : SnapshotNames.newestFirst(files)) {
                final SnapshotFile file = openIfGood(context, files, name);
                if (file != null) {
                    makeDurable(files, name);
                    return file;
                }
            }
            return null;
        } catch (final IOException e) {
            throw new SnapshotException("could not read " + files.describe() + ": " + e, e);
        }
    }

    /**
     * Has the snapshots that are there kept in the context's archive; those that are there already
     * are found to be. Behind {@link #newestGood}.
     */
    public static void archiveAll(final SnapshotContext context) {
        try {
            SnapshotNames.newestFirst(context.files()).forEach(context::archive);
        } catch (final IOException e) {
            throw new SnapshotException(
                    "could not read " + context.files().describe() + ": " + e, e);
        }
    }

    /**
     * A process that was killed, or whose disk failed, between giving a snapshot its name and
     * syncing the directory leaves one that is in the page cache only. The log will be cut on its
     * strength, so it must not be lost with the next power failure.
     */
    private static void makeDurable(final Directory files, final String name) throws IOException {
        try (DiskFile file = files.open(name)) {
            file.force(true);
        }
        files.sync();
    }

    private static SnapshotFile openIfGood(
            final SnapshotContext context, final Directory files, final String name)
            throws IOException {
        try {
            final SnapshotFile file = SnapshotFile.open(context, name);
            if (SnapshotNames.of(file.lastTerm(), file.lastIndex()).equals(name)) {
                return file;
            }
            file.close();
            LOGGER.error("snapshot {} does not hold what its name says; set aside", name);
        } catch (final SnapshotException e) {
            LOGGER.error("{}; set aside", e.getMessage());
        }
        files.rename(name, name + SnapshotNames.BROKEN_SUFFIX);
        files.sync();
        return null;
    }
}
