package io.larch.tools.etcd;

import io.larch.tools.etcd.EtcdFilesException.Kind;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The data directory of an etcd that does not run, of version 2.3 or 3.4. Its keys of the v2 API
 * are those of the newest snapshot that is whole, and what the log has made of them since. Nothing
 * in it is changed.
 */
public final class DataDirectory {
    private final Path snapshots;
    private final Path log;
    private final Path database;

    /**
     * @param directory that etcd was given as {@code --data-dir}.
     * @param log that it was given as {@code --wal-dir}; null: none.
     */
    public DataDirectory(final Path directory, final Path log) {
        final Path member = directory.resolve("member");
        snapshots = member.resolve("snap");
        database = snapshots.resolve("db");
        this.log = log == null ? member.resolve("wal") : log;
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
        try {
            final List<WalSegment> segments = segments();
            refuseUse(segments);
            final StoredKeys keys = read(segments, isWhole, told);
            // It may have been started meanwhile.
            refuseUse(segments);
            return keys;
        } catch (final EtcdFilesException e) {
            throw e;
        } catch (final FileSystemException e) {
            throw new EtcdFilesException(Kind.UNUSABLE, reason(e), e);
        } catch (final IOException e) {
            throw new EtcdFilesException(Kind.UNUSABLE, log + ": " + e.getMessage(), e);
        }
    }

    /** AccessDeniedException: access denied. */
    private static String reason(final FileSystemException e) {
        final String words =
                e.getClass()
                        .getSimpleName()
                        .replaceFirst("Exception$", "")
                        .replaceAll("(?<=.)([A-Z])", " $1")
                        .toLowerCase(Locale.ROOT);
        return e.getReason() == null ? e.getFile() + ": " + words : e.getMessage();
    }

    private List<WalSegment> segments() throws IOException {
        for (final Path directory : List.of(snapshots, log)) {
            if (!isThere(directory)) {
                throw EtcdFilesException.unusable(
                        directory + " is not there: this is no data directory of etcd");
            }
        }
        final List<WalSegment> segments = WalSegment.list(log);
        if (segments.isEmpty()) {
            throw EtcdFilesException.unusable(log + " has no log of etcd");
        }
        for (final WalSegment segment : segments) {
            if (segment.isOfEtcd()) {
                return segments;
            }
        }
        throw EtcdFilesException.unusable(segments.get(0).file() + " is no log of etcd");
    }

    /**
     * Whether there is such a directory.
     *
     * @throws FileSystemException if we may not even know.
     */
    private static boolean isThere(final Path directory) throws IOException {
        try {
            return Files.readAttributes(directory, BasicFileAttributes.class).isDirectory();
        } catch (final NoSuchFileException e) {
            return false;
        }
    }

    private void refuseUse(final List<WalSegment> segments) throws IOException {
        final Path last = segments.get(segments.size() - 1).file();
        if (UseCheck.isLocked(last) || Files.exists(database) && UseCheck.isLocked(database)) {
            throw EtcdFilesException.unusable(
                    "an etcd uses %s; stop it, or import from it by --from".formatted(log));
        }
    }

    private StoredKeys read(
            final List<WalSegment> segments, final boolean isWhole, final Consumer<String> told)
            throws IOException {
        for (final Path file : SnapshotFile.list(snapshots)) {
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
                            .formatted(file, log));
        }
        final StoredTree tree = StoredTree.fresh();
        final LogReplay replay = new LogReplay(0, 0, new EntryReplay(tree));
        if (!replay(replay, 0, segments, told)) {
            throw EtcdFilesException.damaged(log + " knows none of its snapshots, nor a beginning");
        }
        told.accept(log + " is read from its beginning");
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
        replay.end(log.toString());
        lines.forEach(told);
        return true;
    }

    private StoredKeys keys(
            final LogReplay replay,
            final StoredTree tree,
            final boolean isWhole,
            final Consumer<String> told)
            throws EtcdFilesException {
        final long writes = replay.waitingWrites();
        told.accept(
                "%s ends with index %d of term %d, committed are %d"
                        .formatted(
                                log, replay.lastIndex(), replay.lastTerm(), replay.commitIndex()));
        if (isWhole) {
            replay.applyWaiting();
        } else if (writes > 0) {
            told.accept(
                    ("%d writes behind these are LEFT OUT; etcd may have acknowledged them. Of the"
                                    + " member whose log ends last, --whole-log takes them, too")
                            .formatted(writes));
        }
        if (Files.exists(database)) {
            told.accept(
                    "keys of the v3 API, if there are any in %s, are not taken; etcdctl make-mirror copies them from an etcd that runs"
                            .formatted(database));
        }
        return new StoredKeys(tree, replay.cluster());
    }
}
