package io.larch.tools.backup;

import io.larch.engine.disk.LocalDirectory;
import io.larch.engine.snapshot.NewCluster;
import io.larch.engine.snapshot.SnapshotContext;
import io.larch.engine.snapshot.SnapshotFile;
import io.larch.engine.wal.WalContext;
import io.larch.engine.wal.WalCorruptException;
import io.larch.engine.wal.WalScanner;
import io.larch.engine.wal.WriteAheadLog;
import io.larch.tools.backup.BackupException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A copy of the data of a member that does not run: its newest whole snapshot and its log, under
 * new ids of member and cluster, so that it can never be mistaken for the member. It starts with
 * {@code --force-new-cluster}, which makes it the only member of its cluster.
 */
public final class OfflineBackup {
    private static final String SNAPSHOT_SUFFIX = ".snap";

    private final Path dataDir;
    private final Path walDir;
    private final MemberDirectory target;
    private final Consumer<String> remarks;

    /**
     * @param walDir of the log where it is not in the data directory; else null.
     * @param backupDir where the copy goes: empty, or not there yet.
     * @param remarks told of what was passed over.
     */
    public OfflineBackup(
            final Path dataDir,
            final Path walDir,
            final Path backupDir,
            final Consumer<String> remarks) {
        this.dataDir = dataDir;
        this.walDir = walDir == null ? dataDir.resolve("member").resolve("wal") : walDir;
        this.target = new MemberDirectory(backupDir);
        this.remarks = remarks;
    }

    /**
     * Makes the copy.
     *
     * @param ids new ones.
     * @throws BackupException naming what is not there, in the way or damaged.
     */
    public void make(final LongSupplier ids) throws BackupException {
        final List<Path> segments = segments();
        final List<Path> sources = new ArrayList<>(segments);
        sources.addAll(List.of(dataDir, walDir, dataDir.resolve("member"), snap()));
        target.checkIsApart(sources);
        try (Source source = new Source(lock())) {
            target.make(member -> source.copy(segments, member, ids), false);
        } catch (final IOException e) {
            throw e instanceof BackupException known ? known : BackupException.files(e);
        }
    }

    private Path snap() {
        return dataDir.resolve("member").resolve("snap");
    }

    private List<Path> segments() throws BackupException {
        try {
            final List<Path> segments =
                    Files.isDirectory(walDir) ? WalScanner.segments(walDir) : List.of();
            if (!segments.isEmpty()) {
                return segments;
            }
        } catch (final UncheckedIOException e) {
            throw BackupException.files(e.getCause());
        }
        throw new BackupException(Kind.FILES, walDir + ": there is no log of a member");
    }

    /** Where nothing can be written no member can run. */
    private Closeable lock() throws BackupException {
        if (!Files.isWritable(walDir)) {
            return () -> {};
        }
        try {
            return new LocalDirectory(walDir).lock();
        } catch (final IOException | RuntimeException e) {
            throw new BackupException(
                    Kind.FILES,
                    e.getMessage() + "; of a member that runs, larchctl snapshot save makes a copy",
                    e);
        }
    }

    /** The member's files, which nobody changes meanwhile. */
    private final class Source implements Closeable {
        private final Closeable lock;

        Source(final Closeable lock) {
            this.lock = lock;
        }

        void copy(final List<Path> segments, final Path member, final LongSupplier ids)
                throws IOException {
            final long clusterId = ids.getAsLong();
            final Path snap = member.resolve("snap");
            target.at(snap).prepare();
            long snapshotIndex = 0;
            try (SnapshotFile snapshot = newestSnapshot()) {
                if (snapshot != null) {
                    snapshotIndex = snapshot.lastIndex();
                    NewCluster.copy(
                            snapshot,
                            clusterId,
                            new SnapshotContext()
                                    .directory(snap)
                                    .files(target.at(snap))
                                    .maxSnapshots(0));
                }
            }
            final Path wal = member.resolve("wal");
            target.at(wal).prepare();
            for (final Path segment : segments) {
                copyFile(segment, wal.resolve(segment.getFileName()));
            }
            takeNewIds(wal, clusterId, ids.getAsLong(), snapshotIndex);
        }

        private SnapshotFile newestSnapshot() throws IOException {
            final Path snap = snap();
            if (!Files.isDirectory(snap)) {
                return null;
            }
            // Their names sort as they follow each other.
            final List<String> names =
                    new LocalDirectory(snap)
                            .list().stream()
                                    .filter(name -> name.endsWith(SNAPSHOT_SUFFIX))
                                    .sorted(Comparator.reverseOrder())
                                    .toList();
            for (final String name : names) {
                try {
                    return SnapshotSummary.open(snap.resolve(name));
                } catch (final BackupException e) {
                    remarks.accept(e.getMessage() + "; an older one is looked for");
                }
            }
            return null;
        }

        @Override
        public void close() throws IOException {
            lock.close();
        }
    }

    private static void copyFile(final Path from, final Path to) throws IOException {
        Files.copy(from, to);
        try (FileChannel copy = FileChannel.open(to, StandardOpenOption.WRITE)) {
            copy.force(true);
        }
    }

    /** The copy is opened as a member would, which cuts off what a crash has left at its end. */
    private void takeNewIds(
            final Path wal, final long clusterId, final long memberId, final long snapshotIndex)
            throws BackupException {
        final WalContext context =
                new WalContext().directory(wal).files(target.at(wal)).ownThreads(false);
        try (WriteAheadLog log = WriteAheadLog.open(context)) {
            if (log.firstIndex() > snapshotIndex + 1) {
                throw new BackupException(
                        Kind.DAMAGED,
                        "the log starts at index "
                                + log.firstIndex()
                                + " but the newest whole snapshot ends at "
                                + snapshotIndex);
            }
            final UnsafeBuffer meta = new UnsafeBuffer(new byte[RestoredMember.META_LENGTH]);
            log.memberMeta(clusterId, memberId, meta, 0, meta.capacity());
            log.sync();
        } catch (final WalCorruptException e) {
            throw new BackupException(Kind.DAMAGED, e.getMessage(), e);
        }
    }
}
