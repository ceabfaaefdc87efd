package io.larch.tools.etcd;

import io.larch.tools.etcd.EtcdFilesException.Kind;
import io.larch.tools.etcd.kv.KvDatabase;
import io.larch.tools.etcd.kv.KvReplay;
import io.larch.tools.etcd.kv.KvRequestException;
import io.larch.tools.etcd.kv.KvStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.function.Consumer;

/**
 * The v3 keys in the data directory of an etcd that does not run, of version 3.4 or later: those of
 * its database, and what the log has made of them since. etcd writes its database ten times a
 * second, and the log before it answers. Nothing in the directory is changed.
 */
public final class KvFiles {
    private final MemberFiles files;

    /**
     * @param directory that etcd was given as {@code --data-dir}.
     * @param log that it was given as {@code --wal-dir}; null: none.
     */
    public KvFiles(final Path directory, final Path log) {
        files = MemberFiles.of(directory, log);
    }

    /**
     * What was found. Closing the store closes the file.
     *
     * @param cluster its id, as X-Etcd-Cluster-Id has it.
     * @param modified when the file was last written, from which values are read later.
     */
    public record Found(KvStore store, String cluster, Path file, FileTime modified) {}

    /**
     * Looks whether what was read since is of the same file.
     *
     * @throws EtcdFilesException if an etcd has been started meanwhile.
     */
    public void refuseChanged(final Found found) throws EtcdFilesException {
        files.unused(
                segments -> {
                    if (!Files.getLastModifiedTime(found.file()).equals(found.modified())) {
                        throw EtcdFilesException.unusable(
                                ("an etcd has written %s meanwhile, so some values may be other"
                                                + " ones; stop it, and run this again with --force")
                                        .formatted(found.file()));
                    }
                    return found;
                });
    }

    /** Whether there is a database; etcd 2 has none. */
    public boolean exist() {
        return Files.exists(files.database());
    }

    /**
     * Reads all.
     *
     * @param isWhole whether also those entries count of which the log does not say that they are
     *     committed.
     * @param told is told what was found, and what was left out.
     */
    public Found read(final boolean isWhole, final Consumer<String> told)
            throws EtcdFilesException {
        return files.unused(segments -> read(segments, isWhole, told));
    }

    private Found read(
            final List<WalSegment> segments, final boolean isWhole, final Consumer<String> told)
            throws IOException {
        if (!exist()) {
            throw EtcdFilesException.unusable(
                    files.database() + " is not there: this etcd has no keys of the v3 API");
        }
        final Path path = database(told);
        final FileTime modified = Files.getLastModifiedTime(path);
        final KvDatabase database = KvDatabase.read(path, told);
        try {
            final LogReplay replay =
                    new LogReplay(
                            database.index(),
                            LogReplay.UNKNOWN_TERM,
                            new Requests(path, database.replay()));
            new WalReader(replay, told).read(WalSegment.behind(database.index(), segments));
            replay.end(files.log().toString());
            tell(path, database, replay, isWhole, told);
            if (isWhole) {
                replay.applyWaiting();
            }
            return new Found(database.store(), replay.cluster(), path, modified);
        } catch (final IOException | RuntimeException | Error e) {
            database.store().close();
            throw e;
        }
    }

    /**
     * A member that was sent a snapshot by its leader may have ended before the database that came
     * with it was put in its place, which etcd makes up for when it starts.
     */
    private Path database(final Consumer<String> told) throws IOException {
        for (final Path file : SnapshotFile.list(files.snapshots())) {
            try {
                final long index = SnapshotFile.read(file).index();
                final Path sent = files.snapshots().resolve("%016x.snap.db".formatted(index));
                return Files.exists(sent) && KvDatabase.index(files.database(), told) < index
                        ? sent
                        : files.database();
            } catch (final EtcdFilesException e) {
                // A damaged one is passed over, as by etcd; the log must reach back far enough.
                continue;
            }
        }
        return files.database();
    }

    private void tell(
            final Path path,
            final KvDatabase database,
            final LogReplay replay,
            final boolean isWhole,
            final Consumer<String> told)
            throws EtcdFilesException {
        told.accept(
                "%s has the v3 keys up to index %d; %s ends with index %d of term %d, committed are %d"
                        .formatted(
                                path,
                                database.index(),
                                files.log(),
                                replay.lastIndex(),
                                replay.lastTerm(),
                                replay.commitIndex()));
        final long writes = replay.waitingWrites();
        if (!isWhole && writes > 0) {
            told.accept(
                    ("%d writes behind these are LEFT OUT; etcd may have acknowledged them. Of the"
                                    + " member whose log ends last, --whole-log takes them, too")
                            .formatted(writes));
        }
        if (database.hasUsers()) {
            told.accept("users and roles of the v3 API are not taken");
        }
    }

    /** The requests of the v3 API among the entries. */
    private record Requests(Path database, KvReplay replay) implements LogReplay.Applier {
        private static final int MEMBERS_CHANGE_LATER = 2;

        @Override
        public boolean isWrite(final LogEntry entry) throws EtcdFilesException {
            return isOfV3(entry) && KvReplay.isWrite(entry.data());
        }

        private static boolean isOfV3(final LogEntry entry) throws EtcdFilesException {
            if (entry.type() == LogEntry.MEMBER_CHANGE
                    || entry.type() == MEMBERS_CHANGE_LATER
                    || entry.data().capacity() == 0) {
                return false;
            }
            if (entry.type() != LogEntry.NORMAL) {
                throw later(entry);
            }
            final EntryContent content = EntryContent.of(entry.data());
            if (content == null) {
                throw malformed(entry);
            }
            return content.request() == null;
        }

        @Override
        public void apply(final LogEntry entry) throws IOException {
            if (!isOfV3(entry)) {
                return;
            }
            try {
                replay.apply(entry.data());
            } catch (final KvRequestException e) {
                throw switch (e.kind()) {
                    case MALFORMED -> malformed(entry);
                    case LATER -> later(entry);
                    case GUARDED -> guarded(entry);
                };
            }
        }

        private static EtcdFilesException malformed(final LogEntry entry) {
            return entry.place().damaged("entry " + entry.index() + " is no request");
        }

        private static EtcdFilesException later(final LogEntry entry) {
            return new EtcdFilesException(
                    Kind.UNKNOWN,
                    "%s: entry %d is of an etcd later than 3.6"
                            .formatted(entry.place(), entry.index()));
        }

        private EtcdFilesException guarded(final LogEntry entry) {
            return new EtcdFilesException(
                    Kind.UNKNOWN,
                    ("%s: entry %d changes keys, which %s does not have yet, and with users only"
                                    + " etcd knows whether it may. Start that etcd, write a key by"
                                    + " the v3 API, stop it by SIGTERM, and run this again")
                            .formatted(entry.place(), entry.index(), database));
        }
    }
}
