package io.larch.tools.backup;

import io.larch.engine.keys.KeysSummary;
import io.larch.engine.kv.KvSummary;
import io.larch.engine.snapshot.SnapshotConfig;
import io.larch.engine.snapshot.SnapshotFile;
import io.larch.tools.backup.BackupException.Kind;
import java.nio.file.Path;

/**
 * A snapshot that a restore may begin with.
 *
 * @param path null: there is none, and it begins with nothing.
 * @param clusterId that it is of.
 * @param term of its last entry.
 * @param point where it stands.
 * @param nodes keys and directories of the v2 API.
 * @param length of the file in bytes.
 */
record BaseSnapshot(Path path, long clusterId, long term, Point point, long nodes, long length) {
    /** In front of the first entry. */
    static BaseSnapshot nothing(final long clusterId) {
        return new BaseSnapshot(null, clusterId, 0, new Point(0, 0, 0, Long.MIN_VALUE), 0, 0);
    }

    /**
     * Reads a file to its end.
     *
     * @throws BackupException if it cannot be read, or is not whole.
     */
    static BaseSnapshot of(final Path path) throws BackupException {
        try (SnapshotFile file = SnapshotSummary.open(path)) {
            if (file.lastIndex() != ArchivedFiles.indexOf(path)) {
                // Under a name that is not its own a member would not find it.
                throw new BackupException(
                        Kind.DAMAGED,
                        path
                                + ": holds the snapshot of another name, at index "
                                + file.lastIndex());
            }
            KeysSummary keys = new KeysSummary(0, 0, 0);
            KvSummary kv = KvSummary.NONE;
            while (file.nextSection()) {
                switch (file.sectionName()) {
                    case "keys" -> keys = KeysSummary.read(file);
                    case "kv" -> kv = KvSummary.read(file);
                    default -> {
                        // Nothing that a moment is counted by.
                    }
                }
            }
            return new BaseSnapshot(
                    path,
                    file.clusterId(),
                    file.lastTerm(),
                    new Point(
                            file.lastIndex(),
                            keys.storeIndex(),
                            kv.revision(),
                            SnapshotConfig.textTime(file.config())),
                    keys.keys() + keys.directories(),
                    file.length());
        } catch (final RuntimeException e) {
            // What is not written by Larch may have any length and any number anywhere.
            throw BackupException.of(Kind.DAMAGED, path + ": " + e.getMessage(), e);
        }
    }

    boolean isNothing() {
        return path == null;
    }

    @Override
    public String toString() {
        return isNothing() ? "nothing" : path + " (" + point + ")";
    }
}
