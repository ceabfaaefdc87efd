package io.larch.tools.backup;

import io.larch.engine.member.MemberIds;
import io.larch.engine.raft.LogStorage.EntryConsumer;
import io.larch.engine.wal.WalRecordFlyweight;
import io.larch.engine.wal.WalScanner;
import io.larch.tools.backup.BackupException.Kind;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The entries of a log behind a snapshot, in their order, each once: those that the log itself says
 * are committed, so that none of them was taken back later.
 */
final class CommittedLog {
    private static final UnsafeBuffer NOTHING = new UnsafeBuffer(new byte[0]);

    private final List<Path> segments;
    private final long clusterId;
    private final long snapshotIndex;
    private final long snapshotTerm;
    private final Deque<Entry> pending = new ArrayDeque<>();
    private final UnsafeBuffer body = new UnsafeBuffer(NOTHING);
    private Path segment;
    private WalScanner scanner;

    /** Of the log as it was at the record that is looked at. */
    private long lastIndex;

    private long commitIndex;

    /** The last entry that was passed on. */
    private long passedIndex;

    private boolean isStopped;

    /**
     * Why the log goes no further.
     *
     * @param isWhole whether there is nothing behind it, as far as is known.
     * @param leftOut entries at the end that the log does not know as committed.
     */
    record End(Kind kind, String message, boolean isWhole, long leftOut) {
        End(final Kind kind, final String message, final boolean isWhole) {
            this(kind, message, isWhole, 0);
        }
    }

    private record Entry(long index, long term, byte kind, byte[] body) {}

    /**
     * @param segments in their order.
     * @param clusterId of the snapshot; 0: there is none, and any will do.
     * @param snapshotIndex of its last entry; 0: all entries are wanted.
     * @param snapshotTerm of that entry.
     */
    CommittedLog(
            final List<Path> segments,
            final long clusterId,
            final long snapshotIndex,
            final long snapshotTerm) {
        this.segments = segments;
        this.clusterId = clusterId;
        this.snapshotIndex = snapshotIndex;
        this.snapshotTerm = snapshotTerm;
    }

    /** Whose log it is: ids of the cluster and of the member; 0: it is not told. */
    record Owner(long clusterId, long memberId) {
        static final Owner UNKNOWN = new Owner(0, 0);

        /** Whether both may be the same. */
        boolean agrees(final Owner other) {
            return equals(UNKNOWN) || other.equals(UNKNOWN) || equals(other);
        }

        @Override
        public String toString() {
            return "member "
                    + MemberIds.toHex(memberId)
                    + " of cluster "
                    + MemberIds.toHex(clusterId);
        }
    }

    /** Whose a segment is, as it tells at its beginning. */
    static Owner ownerOf(final Path segment) {
        try (WalScanner scanner = WalScanner.open(segment)) {
            while (scanner.next()) {
                if (scanner.record().type() == WalRecordFlyweight.META) {
                    return new Owner(scanner.record().term(), scanner.record().index());
                }
            }
            return Owner.UNKNOWN;
        }
    }

    /**
     * Passes entries on until the consumer returns false, or there are no more.
     *
     * @return why there are no more; null: the consumer has stopped.
     * @throws BackupException when the log is of another cluster than the snapshot, or goes another
     *     way.
     */
    End read(final EntryConsumer consumer) throws BackupException {
        int next = firstSegment();
        if (next < 0) {
            return segments.isEmpty()
                    ? new End(Kind.NOT_THERE, "there is no log behind it", true)
                    : gap(WalScanner.firstIndex(segments.get(0)), segments.get(0), 0);
        }
        passedIndex = snapshotIndex;
        lastIndex = WalScanner.firstIndex(segments.get(next)) - 1;
        try {
            End end = null;
            while (end == null && next < segments.size() && !isStopped) {
                end = read(next++, consumer);
            }
            return isStopped ? null : end == null ? end() : end;
        } finally {
            if (scanner != null) {
                scanner.close();
            }
        }
    }

    /** The last one that begins in front of what is wanted; -1: there is none. */
    private int firstSegment() {
        int i = segments.size() - 1;
        while (i >= 0 && WalScanner.firstIndex(segments.get(i)) > snapshotIndex + 1) {
            i--;
        }
        return i;
    }

    private End read(final int number, final EntryConsumer consumer) throws BackupException {
        if (segment != null && WalScanner.sequence(segments.get(number)) != sequenceWanted()) {
            return new End(
                    Kind.NOT_THERE,
                    "the log has a gap: "
                            + segments.get(number)
                            + " does not follow "
                            + segment
                            + ", which ends with entry "
                            + lastIndex,
                    false);
        }
        segment = segments.get(number);
        final WalScanner before = scanner;
        scanner = WalScanner.open(segment, before);
        if (before != null) {
            before.close();
        }
        while (scanner.next()) {
            final End end = take(scanner.record());
            if (end != null || !passOn(consumer)) {
                return end;
            }
        }
        return scanner.problem() == null ? checkLength() : damaged(scanner.problem());
    }

    private long sequenceWanted() {
        return WalScanner.sequence(segment) + 1;
    }

    /** A segment has its full length from the beginning on. */
    private End checkLength() {
        final int length = scanner.segmentLength();
        if (length == 0) {
            return damaged("has no beginning, at a length of " + scanner.fileLength());
        }
        return length <= scanner.fileLength()
                ? null
                : damaged("ends at " + scanner.fileLength() + " of " + length + " bytes");
    }

    private End damaged(final String problem) {
        return new End(
                Kind.DAMAGED,
                segment + ": damaged at offset " + scanner.offset() + ": " + problem,
                false);
    }

    private End gap(final long index, final Path file, final int offset) {
        return new End(
                Kind.NOT_THERE,
                "the log has a gap: entries "
                        + (Math.max(passedIndex, snapshotIndex) + 1)
                        + " to "
                        + (index - 1)
                        + " are not there in front of "
                        + file
                        + " at offset "
                        + offset,
                false);
    }

    private End end() {
        return new End(
                Kind.NOT_THERE,
                "the log ends in "
                        + segment
                        + " with entry "
                        + lastIndex
                        + (lastIndex > commitIndex
                                ? ", and entry " + commitIndex + " is the last known as committed"
                                : ""),
                true,
                Math.max(0, lastIndex - commitIndex));
    }

    private End take(final WalRecordFlyweight record) throws BackupException {
        final long index = record.index();
        switch (record.type()) {
            case WalRecordFlyweight.SEGMENT -> {
                if (index != lastIndex + 1) {
                    return damaged("begins with entry " + index + " behind entry " + lastIndex);
                }
            }
            case WalRecordFlyweight.META -> checkCluster(record.term());
            case WalRecordFlyweight.ENTRY -> {
                if (index != lastIndex + 1) {
                    return damaged("entry " + index + " follows entry " + lastIndex);
                }
                lastIndex = index;
                add(record);
            }
            case WalRecordFlyweight.HARD_STATE -> commitIndex = Math.max(commitIndex, index);
            case WalRecordFlyweight.TRUNCATE -> {
                if (index <= Math.min(commitIndex, lastIndex)) {
                    return damaged("takes back entry " + index + ", which is committed");
                }
                lastIndex = index - 1;
                while (!pending.isEmpty() && pending.peekLast().index() >= index) {
                    pending.removeLast();
                }
            }
            case WalRecordFlyweight.RESET -> {
                pending.clear();
                lastIndex = index;
                if (index > passedIndex) {
                    return gap(index + 1, segment, scanner.offset());
                }
            }
            default -> {
                // Compaction takes back nothing.
            }
        }
        return null;
    }

    private void add(final WalRecordFlyweight record) {
        if (record.index() < snapshotIndex) {
            return;
        }
        final byte[] bytes = new byte[record.bodyLength()];
        record.buffer().getBytes(record.bodyOffset(), bytes);
        pending.add(new Entry(record.index(), record.term(), record.kind(), bytes));
    }

    private void checkCluster(final long found) throws BackupException {
        if (clusterId != 0 && found != clusterId && passedIndex == snapshotIndex) {
            throw new BackupException(
                    Kind.REFUSED,
                    segment
                            + " is of cluster "
                            + Long.toHexString(found)
                            + ", and the snapshot of "
                            + Long.toHexString(clusterId));
        }
    }

    /** What is known to be committed; false when the consumer has stopped. */
    private boolean passOn(final EntryConsumer consumer) throws BackupException {
        while (!pending.isEmpty() && pending.peek().index() <= commitIndex) {
            final Entry entry = pending.peek();
            if (entry.index() == snapshotIndex) {
                checkTerm(entry);
            } else if (!pass(entry, consumer)) {
                isStopped = true;
                return false;
            }
            pending.remove();
        }
        return true;
    }

    private boolean pass(final Entry entry, final EntryConsumer consumer) {
        body.wrap(entry.body());
        final DirectBuffer bytes = body;
        final boolean isTaken =
                consumer.onEntry(
                        entry.index(), entry.term(), entry.kind(), bytes, 0, bytes.capacity());
        passedIndex = isTaken ? entry.index() : passedIndex;
        return isTaken;
    }

    private void checkTerm(final Entry entry) throws BackupException {
        if (entry.term() != snapshotTerm) {
            throw new BackupException(
                    Kind.REFUSED,
                    "entry "
                            + entry.index()
                            + " is of term "
                            + entry.term()
                            + " in "
                            + segment
                            + ", and of term "
                            + snapshotTerm
                            + " in the snapshot: they are not of the same cluster");
        }
    }
}
