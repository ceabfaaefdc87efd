package io.larch.tools.backup;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.LocalDirectory;
import io.larch.engine.member.MemberIds;
import io.larch.engine.member.Membership;
import io.larch.engine.snapshot.NewCluster;
import io.larch.engine.snapshot.SnapshotContext;
import io.larch.engine.snapshot.SnapshotFile;
import io.larch.engine.wal.WalContext;
import io.larch.engine.wal.WriteAheadLog;
import io.larch.tools.backup.BackupException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A fresh data directory of one member of a new cluster, which begins with what a snapshot holds.
 * Each member of the cluster gets its own from the same file; then they start as if they had agreed
 * on it.
 */
public final class RestoredMember {
    /** As the engine has it: which life of the member it is, and flags; both are 0 before any. */
    static final int META_LENGTH = 2 * Long.BYTES;

    /** Where a state of the past is made, within the directory in the making. */
    private static final String SCRATCH = "replay";

    private final MemberDirectory directory;
    private final Membership members;
    private final long self;
    private int walSegmentBytes;

    /**
     * @param members all of the new cluster.
     * @param self which of them the directory is for.
     */
    public RestoredMember(final Path dataDir, final Membership members, final long self) {
        this(dataDir, members, self, LocalDirectory::new);
    }

    /**
     * @param disk how files are written.
     */
    RestoredMember(
            final Path dataDir,
            final Membership members,
            final long self,
            final Function<Path, Directory> disk) {
        this.directory = new MemberDirectory(dataDir, disk);
        this.members = members;
        this.self = self;
    }

    /** Of the log; 0: as a member has them. */
    RestoredMember walSegmentBytes(final int bytes) {
        walSegmentBytes = bytes;
        return this;
    }

    /**
     * Writes the directory.
     *
     * @param snapshot a file that a member has given.
     * @param isForced whether a member that is there may be replaced, unless it runs.
     * @throws BackupException naming what is in the way or damaged.
     */
    public void restore(final Path snapshot, final boolean isForced) throws BackupException {
        try (SnapshotFile source = SnapshotSummary.open(snapshot)) {
            checkIsOther(source.clusterId());
            directory.checkIsApart(List.of(snapshot));
            directory.make(member -> write(source, member), isForced);
        } catch (final IllegalStateException | IllegalArgumentException e) {
            throw new BackupException(Kind.DAMAGED, snapshot + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes the directory with a state of the past.
     *
     * @param isForced whether a member that is there may be replaced, unless it runs.
     * @throws BackupException naming what is in the way, damaged or not there.
     */
    public void restore(final PastState past, final boolean isForced) throws BackupException {
        checkIsOther(past.clusterId());
        directory.checkIsApart(past.sources());
        try {
            directory.make(
                    member -> {
                        final Path snapshot = past.make(member.resolve(SCRATCH));
                        try (SnapshotFile source = SnapshotSummary.open(snapshot)) {
                            write(source, member);
                        }
                        MemberDirectory.removeTree(member.resolve(SCRATCH));
                    },
                    isForced);
        } catch (final IllegalStateException | IllegalArgumentException e) {
            throw new BackupException(Kind.DAMAGED, e.getMessage(), e);
        }
    }

    /** Members of the old cluster that still run must not take the new ones for their own. */
    private void checkIsOther(final long clusterId) throws BackupException {
        if (clusterId == members.clusterId()) {
            throw new BackupException(
                    Kind.REFUSED,
                    "the new cluster would have the id "
                            + MemberIds.toHex(clusterId)
                            + " of the one that the snapshot is of: give it another"
                            + " --initial-cluster-token");
        }
    }

    private void write(final SnapshotFile source, final Path member) {
        final Path snap = member.resolve("snap");
        new NewCluster(members)
                .write(
                        source,
                        new SnapshotContext()
                                .directory(snap)
                                .files(directory.at(snap))
                                .maxSnapshots(0));
        final Path wal = member.resolve("wal");
        final WalContext context =
                new WalContext().directory(wal).files(directory.at(wal)).ownThreads(false);
        if (walSegmentBytes > 0) {
            context.segmentLengthBytes(walSegmentBytes);
        }
        try (WriteAheadLog log = WriteAheadLog.open(context)) {
            final UnsafeBuffer meta = new UnsafeBuffer(new byte[META_LENGTH]);
            log.memberMeta(members.clusterId(), self, meta, 0, META_LENGTH);
            log.resetTo(source.lastIndex(), source.lastTerm());
            log.saveHardState(source.lastTerm(), 0, source.lastIndex());
            log.sync();
        }
    }
}
