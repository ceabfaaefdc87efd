package io.larch.tools.backup;

import io.larch.engine.Replay;
import io.larch.engine.raft.LogStorage.EntryConsumer;
import io.larch.engine.wal.WalScanner;
import io.larch.tools.backup.BackupException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;

/**
 * The state of a cluster at a moment of the past, out of snapshots and segments of its log that
 * were kept: the newest snapshot that is not past the moment, and the committed entries behind it.
 *
 * <p>What holds: the state is one that the members had, behind the last entry that is not past the
 * moment; and unless all that is there was asked for, the next entry is known to be past it, or the
 * state is at the very moment. Else nothing is made. Where the log is broken off at the very
 * moment, which other entries may share, that is told.
 */
public final class PastState implements Closeable {
    private final ArchivedFiles files;
    private final Moment moment;
    private final Consumer<String> remarks;
    private BaseSnapshot base;
    private Point reached;

    private PastState(
            final ArchivedFiles files, final Moment moment, final Consumer<String> remarks) {
        this.files = files;
        this.moment = moment;
        this.remarks = remarks;
    }

    /**
     * Looks what there is. The files are held until close.
     *
     * @param directories where they are: archives or data directories.
     * @param remarks told of what was passed over.
     * @throws BackupException if they are not there, or do not reach back to the moment.
     */
    public static PastState open(
            final List<Path> directories, final Moment moment, final Consumer<String> remarks)
            throws BackupException {
        final PastState state = new PastState(ArchivedFiles.in(directories), moment, remarks);
        try {
            state.base = state.choose();
            return state;
        } catch (final BackupException e) {
            state.close();
            throw e;
        } catch (final UncheckedIOException e) {
            state.close();
            throw BackupException.files(e.getCause());
        }
    }

    /** Of the cluster whose past it is. */
    long clusterId() {
        return base.clusterId();
    }

    /** All files and directories that were found, and are held. */
    Collection<Path> sources() {
        return files.sources();
    }

    /** Where the state stands that was made. */
    public String reached() {
        return reached.toString();
    }

    // --- which snapshot ---

    /** Halves the snapshots in question with each look: they may be many, and large. */
    private BaseSnapshot choose() throws BackupException {
        final List<Path> left = new ArrayList<>(files.snapshots());
        BackupException damage = null;
        BaseSnapshot best = null;
        BaseSnapshot passed = null;
        int low = 0;
        int high = left.size();
        while (low < high) {
            final int middle = moment.by() == Moment.By.NOTHING ? high - 1 : (low + high) / 2;
            try {
                final BaseSnapshot one = BaseSnapshot.of(left.get(middle));
                if (moment.isPassed(one.point())) {
                    passed = one;
                    high = middle;
                } else {
                    best = one;
                    low = middle + 1;
                }
            } catch (final BackupException e) {
                damage = e;
                remarks.accept(e.getMessage() + "; another one is looked for");
                left.remove(middle);
                high--;
            }
        }
        return best != null ? best : beginning(passed, damage);
    }

    private BaseSnapshot beginning(final BaseSnapshot passed, final BackupException damage)
            throws BackupException {
        final List<Path> segments = files.segments();
        if (!segments.isEmpty() && segments.stream().anyMatch(PastState::isFirst)) {
            return BaseSnapshot.nothing(CommittedLog.ownerOf(segments.get(0)).clusterId());
        }
        if (damage != null) {
            throw damage;
        }
        throw new BackupException(
                Kind.NOT_THERE,
                moment
                        + " is in front of all that is there: "
                        + (passed == null
                                ? "there is no snapshot"
                                : "the first snapshot is " + passed)
                        + (segments.isEmpty()
                                ? ", and no log"
                                : ", and the log begins with entry "
                                        + WalScanner.firstIndex(segments.get(0))));
    }

    private static boolean isFirst(final Path segment) {
        return WalScanner.firstIndex(segment) == 1;
    }

    // --- the entries behind it ---

    /**
     * Makes a snapshot of the state, as a member of that time would have written it.
     *
     * @param scratch a directory that is there for this alone.
     * @return the snapshot's file, in that directory or of the archive.
     * @throws BackupException if the moment is not in the files, or these are damaged.
     */
    Path make(final Path scratch) throws BackupException {
        final Walk first = walk(scratch.resolve("first"), Long.MAX_VALUE);
        if (first.overshot == 0) {
            return first.file;
        }
        // What was counted changed with the last entry, which cannot be taken back.
        removeFirst(scratch.resolve("first"));
        return walk(scratch.resolve("second"), first.overshot - 1).file;
    }

    /**
     * Its copy of the snapshot is not needed any more, and may be all that the disk has room for.
     */
    private static void removeFirst(final Path scratch) throws BackupException {
        try {
            MemberDirectory.removeTree(scratch);
        } catch (final IOException e) {
            throw BackupException.files(e);
        }
    }

    private Walk walk(final Path scratch, final long limit) throws BackupException {
        try (ScratchMember member = ScratchMember.make(scratch, base);
                Replay replay = member.open()) {
            final Walk walk = new Walk(replay, limit);
            final CommittedLog log =
                    new CommittedLog(
                            files.segments(),
                            base.clusterId(),
                            base.point().raftIndex(),
                            base.term());
            final CommittedLog.End end = log.read(walk);
            if (walk.failure != null) {
                throw walk.failure;
            }
            if (end != null && !isEnough(walk.point(), end)) {
                throw notReached(walk.point(), end);
            }
            if (end != null && !end.isWhole() && moment.by() != Moment.By.RAFT_INDEX) {
                remarks.accept(
                        end.message() + "; what " + moment + " has behind that place is left out");
            }
            if (end != null && end.leftOut() > 0 && moment.by() == Moment.By.NOTHING) {
                remarks.accept(end.message() + "; what is behind that one is left out");
            }
            if (walk.overshot == 0) {
                reached = walk.point();
                walk.file = member.save(replay);
            }
            return walk;
        } catch (final IOException e) {
            throw e instanceof BackupException known ? known : BackupException.files(e);
        }
    }

    private boolean isEnough(final Point point, final CommittedLog.End end) {
        return moment.by() == Moment.By.NOTHING
                ? end.isWhole()
                : moment.of(point) == moment.value();
    }

    private BackupException notReached(final Point point, final CommittedLog.End end) {
        return new BackupException(
                end.kind(),
                moment + " is not there: " + end.message() + "; what is there reaches to " + point);
    }

    @Override
    public void close() throws BackupException {
        try {
            files.close();
        } catch (final IOException e) {
            throw BackupException.files(e);
        }
    }

    /** Applies entries until one is past the moment. */
    private final class Walk implements EntryConsumer {
        private final Replay replay;
        private final long limit;
        private Path file;

        /** The entry that was one too many, or 0. */
        private long overshot;

        private BackupException failure;

        Walk(final Replay replay, final long limit) {
            this.replay = replay;
            this.limit = limit;
        }

        Point point() {
            return new Point(
                    replay.raftIndex(), replay.storeIndex(), replay.revision(), replay.timeNanos());
        }

        @Override
        public boolean onEntry(
                final long index,
                final long term,
                final byte kind,
                final DirectBuffer body,
                final int offset,
                final int length) {
            if (index > limit || isPast(index, replay.timeNanosWith(kind, body, offset, length))) {
                return false;
            }
            try {
                replay.onEntry(index, term, kind, body, offset, length);
            } catch (final RuntimeException e) {
                failure =
                        BackupException.of(
                                Kind.REFUSED,
                                "entry " + index + " cannot be applied here: " + e.getMessage(),
                                e);
                return false;
            }
            overshot = moment.isPassed(point()) ? index : 0;
            return overshot == 0;
        }

        private boolean isPast(final long index, final long timeNanos) {
            return moment.by() == Moment.By.RAFT_INDEX && index > moment.value()
                    || moment.by() == Moment.By.TIME && timeNanos > moment.value();
        }
    }
}
