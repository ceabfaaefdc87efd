package io.larch.tools.etcd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The data directory of an etcd that does not run, of version 2.3, 3.4 or 3.5. Its keys of the v2
 * API are those of the newest snapshot that is whole, and what the log has made of them since.
 * Nothing in it is changed.
 */
public final class DataDirectory {
    private final MemberFiles files;

    /**
     * @param directory that etcd was given as {@code --data-dir}.
     * @param log that it was given as {@code --wal-dir}; null: none.
     */
    public DataDirectory(final Path directory, final Path log) {
        files = MemberFiles.of(directory, log);
    }

    /**
     * Reads all.
     *
     * @param isWhole whether also those entries count of which the log does not say that they are
     *     committed.
     * @param told is told what was found, and what was left out.
     */
    public StoredKeys read(final boolean isWhole, final Consumer<String> told)
            throws EtcdFilesException {
        return files.unused(segments -> read(segments, isWhole, told));
    }

    private StoredKeys read(
            final List<WalSegment> segments, final boolean isWhole, final Consumer<String> told)
            throws IOException {
        for (final Path file : SnapshotFile.list(files.snapshots())) {
            final SnapshotFile snapshot;
            final StoredTree tree;
            try {
                snapshot = SnapshotFile.read(file);
                tree = snapshot.tree();
            } catch (final EtcdFilesException e) {
                told.accept(e.getMessage() + "; going on with the one before it");
                continue;
            }
            final LogReplay replay =
                    new LogReplay(snapshot.index(), snapshot.term(), new EntryReplay(tree));
            if (replay(replay, snapshot.index(), segments, told)) {
                told.accept(file + " is the snapshot to begin with");
                return keys(replay, tree, isWhole, told);
            }
            told.accept(
                    "%s is not known to the log of %s; going on with the one before it"
                            .formatted(file, files.log()));
        }
        final StoredTree tree = StoredTree.fresh();
        final LogReplay replay = new LogReplay(0, 0, new EntryReplay(tree));
        if (!replay(replay, 0, segments, told)) {
            throw EtcdFilesException.damaged(
                    files.log() + " knows none of its snapshots, nor a beginning");
        }
        told.accept(files.log() + " is read from its beginning");
        return keys(replay, tree, isWhole, told);
    }

    /** Whether the snapshot is one of this log. */
    private boolean replay(
            final LogReplay replay,
            final long fromIndex,
            final List<WalSegment> segments,
            final Consumer<String> told)
            throws IOException {
        final List<String> lines = new ArrayList<>();
        new WalReader(replay, lines::add).read(WalSegment.behind(fromIndex, segments));
        if (!replay.isSnapshotKnown()) {
            return false;
        }
        replay.end(files.log().toString());
        lines.forEach(told);
        return true;
    }

    private StoredKeys keys(
            final LogReplay replay,
            final StoredTree tree,
            final boolean isWhole,
            final Consumer<String> told)
            throws IOException {
        final long writes = replay.waitingWrites();
        told.accept(
                "%s ends with index %d of term %d, committed are %d"
                        .formatted(
                                files.log(),
                                replay.lastIndex(),
                                replay.lastTerm(),
                                replay.commitIndex()));
        if (isWhole) {
            replay.applyWaiting();
        } else if (writes > 0) {
            told.accept(
                    ("%d writes behind these are LEFT OUT; etcd may have acknowledged them. Of the"
                                    + " member whose log ends last, --whole-log takes them, too")
                            .formatted(writes));
        }
        return new StoredKeys(tree, replay.cluster());
    }
}
