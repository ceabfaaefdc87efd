package io.larch.engine.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A log on a simulated disk: a journal of writes, of which a crash keeps any prefix that is not
 * shorter than what was synced.
 */
public final class SimLogStorage implements LogStorage {
    private static final int RECORD_LENGTH = 32;

    private final ArrayDeque<Write> unsynced = new ArrayDeque<>();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private Image current = new Image();
    private final Image durable = new Image();
    private long position;
    private long durablePosition;
    private long changedFrom = Long.MAX_VALUE;
    private long cuts;
    private boolean isFull;

    /** There was no room for a write. */
    public static final class DiskFull extends RuntimeException {
        private static final long serialVersionUID = 1;

        DiskFull() {
            super("no space left", null, false, false);
        }
    }

    /** One entry. */
    public record Entry(long term, byte kind, byte[] body) {}

    private interface Change {
        void on(Image image);
    }

    private record Write(long position, Change change) {}

    /** What a journal amounts to. */
    public static final class Image {
        private long snapshotIndex;
        private long snapshotTerm;
        private HardState hardState = HardState.EMPTY;
        private List<Entry> entries = new ArrayList<>();
        private int offset;

        private Image copy() {
            final Image copy = new Image();
            copy.snapshotIndex = snapshotIndex;
            copy.snapshotTerm = snapshotTerm;
            copy.hardState = hardState;
            copy.entries = entries();
            return copy;
        }

        public HardState hardState() {
            return hardState;
        }

        public long snapshotIndex() {
            return snapshotIndex;
        }

        public long snapshotTerm() {
            return snapshotTerm;
        }

        public long lastIndex() {
            return snapshotIndex + entries.size() - offset;
        }

        /** The entry at an index that the log holds. */
        public Entry entry(final long index) {
            return entries.get((int) (index - snapshotIndex - 1) + offset);
        }

        /** A copy. */
        public List<Entry> entries() {
            return new ArrayList<>(entries.subList(offset, entries.size()));
        }

        /** -1 when it is not known. */
        public long term(final long index) {
            if (index == snapshotIndex) {
                return snapshotTerm;
            }
            return index < snapshotIndex || index > lastIndex() ? -1 : entry(index).term;
        }

        private void truncateFrom(final long index) {
            entries.subList((int) (index - snapshotIndex - 1) + offset, entries.size()).clear();
        }

        private void compact(final long throughIndex) {
            snapshotTerm = term(throughIndex);
            offset += (int) (throughIndex - snapshotIndex);
            snapshotIndex = throughIndex;
            if (offset > 1024) {
                entries = entries();
                offset = 0;
            }
        }

        private void resetTo(final long index, final long term) {
            entries.clear();
            offset = 0;
            snapshotIndex = index;
            snapshotTerm = term;
        }
    }

    private void write(final int length, final Change change) {
        if (isFull) {
            throw new DiskFull();
        }
        position += length;
        change.on(current);
        unsynced.add(new Write(position, change));
    }

    @Override
    public long firstIndex() {
        return current.snapshotIndex + 1;
    }

    @Override
    public long lastIndex() {
        return current.lastIndex();
    }

    @Override
    public long term(final long index) {
        return current.term(index);
    }

    @Override
    public long append(
            final long term,
            final byte kind,
            final DirectBuffer body,
            final int offset,
            final int length) {
        final byte[] copy = new byte[length];
        body.getBytes(offset, copy);
        final Entry entry = new Entry(term, kind, copy);
        write(RECORD_LENGTH + length, image -> image.entries.add(entry));
        final long index = lastIndex();
        changedFrom = Math.min(changedFrom, index);
        return index;
    }

    @Override
    public void truncateFrom(final long index) {
        if (index < firstIndex() || index > lastIndex()) {
            throw new IllegalStateException("truncate " + index);
        }
        write(RECORD_LENGTH, image -> image.truncateFrom(index));
        cuts++;
    }

    @Override
    public void saveHardState(final long term, final long votedFor, final long commitIndex) {
        final HardState saved = new HardState(term, votedFor, commitIndex);
        write(RECORD_LENGTH, image -> image.hardState = saved);
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public int read(
            final long fromIndex,
            final long toIndex,
            final long maxBytes,
            final EntryConsumer consumer) {
        long bytes = 0;
        int count = 0;
        for (long index = fromIndex; index <= toIndex; index++) {
            final Entry entry = current.entry(index);
            bytes += entry.body.length;
            if (count > 0 && bytes > maxBytes) {
                break;
            }
            count++;
            view.wrap(entry.body);
            if (!consumer.onEntry(index, entry.term, entry.kind, view, 0, entry.body.length)) {
                break;
            }
        }
        return count;
    }

    @Override
    public void compact(final long throughIndex) {
        if (throughIndex >= firstIndex()) {
            write(RECORD_LENGTH, image -> image.compact(throughIndex));
        }
    }

    @Override
    public void resetTo(final long snapshotIndex, final long snapshotTerm) {
        write(RECORD_LENGTH, image -> image.resetTo(snapshotIndex, snapshotTerm));
    }

    /** What was written, synced or not. */
    public Image current() {
        return current;
    }

    /** What a crash cannot take. */
    public Image durable() {
        return durable;
    }

    /** The lowest index that was written since it was checked last. */
    long changedFrom() {
        return changedFrom;
    }

    /** Entries below an index need not be checked again until they are written anew. */
    void checkedTo(final long index) {
        changedFrom = index;
    }

    /** How often the log was cut. */
    long cuts() {
        return cuts;
    }

    /** From now on every write fails. */
    public void fill() {
        isFull = true;
    }

    public boolean isFull() {
        return isFull;
    }

    /** There is room again. */
    public void free() {
        isFull = false;
    }

    /** Whether something written is not durable. */
    public boolean isDirty() {
        return position > durablePosition;
    }

    public long durablePosition() {
        return durablePosition;
    }

    /** Makes everything durable that was written up to a position. */
    public void syncTo(final long upTo) {
        while (!unsynced.isEmpty() && unsynced.peek().position <= upTo) {
            final Write write = unsynced.remove();
            write.change.on(durable);
            durablePosition = write.position;
        }
    }

    public void sync() {
        syncTo(position);
    }

    /** Where each write that is not durable ends. */
    public List<Long> unsyncedPositions() {
        final List<Long> positions = new ArrayList<>();
        for (final Iterator<Write> it = unsynced.iterator(); it.hasNext(); ) {
            positions.add(it.next().position);
        }
        return positions;
    }

    /** Loses what is not durable, but keeps what happened to reach the disk up to a position. */
    public void crash(final long keptPosition) {
        syncTo(keptPosition);
        unsynced.clear();
        current = durable.copy();
        position = durablePosition;
    }

    /** Puts a start state in place, durable. */
    public void load(
            final HardState hardState,
            final long snapshotIndex,
            final long snapshotTerm,
            final List<Entry> entries) {
        write(
                RECORD_LENGTH,
                image -> {
                    image.resetTo(snapshotIndex, snapshotTerm);
                    image.entries.addAll(entries);
                    image.hardState = hardState;
                });
        sync();
    }
}
