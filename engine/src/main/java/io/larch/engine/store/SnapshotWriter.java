package io.larch.engine.store;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;

/**
 * Writes the state as it was when the snapshot began, in slices, while changes go on: a node about
 * to change or go, and an event about to leave the history, is written out first. Nodes made since
 * are not written.
 *
 * <p>The records given to the sink are pieces of one stream of items, each with its length (4
 * bytes, without itself) and its {@link SnapshotItem} code (1 byte) in front.
 */
final class SnapshotWriter implements NodeObserver, EventHistory.EvictionObserver {
    private static final int RECORD_LENGTH = 64 * 1024;
    private static final int INITIAL_CAPACITY = 2 * RECORD_LENGTH;
    private static final int MAX_KEPT_CAPACITY = 4 * 1024 * 1024;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final KeyTree tree;
    private final EventHistory history;
    private final NodeFlyweight node = new NodeFlyweight();
    private ExpandableDirectByteBuffer pending = new ExpandableDirectByteBuffer(INITIAL_CAPACITY);
    private int readPosition;
    private int writePosition;
    private int epoch;
    private boolean isActive;
    private boolean isEnded;
    private long nextEvent;
    private long lastEvent;
    private int nextId;
    private int lastId;
    private long nodesWritten;

    SnapshotWriter(final KeyTree tree, final EventHistory history) {
        this.tree = tree;
        this.history = history;
    }

    boolean isActive() {
        return isActive;
    }

    void begin(final long storeIndex, final StoreStats stats) {
        if (isActive) {
            throw new IllegalStateException("a snapshot is already being written");
        }
        isActive = true;
        isEnded = false;
        readPosition = 0;
        writePosition = 0;
        nodesWritten = 0;
        nextEvent = history.oldestIndex();
        lastEvent = history.nextIndex() - 1;
        nextId = KeyTree.ROOT;
        lastId = tree.ids().highest();
        tree.observe(this, ++epoch);
        history.onEviction(this);
        appendHeader(storeIndex, stats);
    }

    /** See {@link Store#writeSnapshot}. */
    boolean write(final StateSink sink, final int maxRecords) {
        if (!isActive) {
            throw new IllegalStateException("no snapshot was begun");
        }
        for (int i = 0; i < maxRecords; i++) {
            if (!drain(sink, RECORD_LENGTH)) {
                return false;
            }
            if (nextEvent <= lastEvent) {
                appendEvent(nextEvent++);
            } else if (!appendNextNode()) {
                return finish(sink);
            }
        }
        return false;
    }

    void abort() {
        if (isActive) {
            stop();
        }
    }

    @Override
    public void beforeChange(final int id, final NodeFlyweight changing) {
        appendNode(id, changing);
    }

    @Override
    public void beforeEviction(final long index) {
        // The oldest goes first, so one that is still to be written is the next to be written.
        if (index == nextEvent && index <= lastEvent) {
            appendEvent(nextEvent++);
        }
    }

    private boolean finish(final StateSink sink) {
        if (!isEnded) {
            isEnded = true;
            final int start = beginItem(SnapshotItem.END);
            putLong(nodesWritten);
            endItem(start);
        }
        if (!drain(sink, 1)) {
            return false;
        }
        stop();
        return true;
    }

    private void stop() {
        isActive = false;
        tree.observe(NodeObserver.NONE, epoch);
        history.onEviction(index -> {});
        readPosition = 0;
        writePosition = 0;
        if (pending.capacity() > MAX_KEPT_CAPACITY) {
            pending = new ExpandableDirectByteBuffer(INITIAL_CAPACITY);
        }
    }

    /** Offers what is pending until less than the given number of bytes is left. */
    private boolean drain(final StateSink sink, final int threshold) {
        while (writePosition - readPosition >= threshold) {
            final int length = Math.min(RECORD_LENGTH, writePosition - readPosition);
            if (!sink.offer(pending, readPosition, length)) {
                return false;
            }
            readPosition += length;
        }
        if (readPosition == writePosition) {
            readPosition = 0;
            writePosition = 0;
        } else if (readPosition >= RECORD_LENGTH && readPosition >= pending.capacity() / 2) {
            pending.putBytes(0, pending, readPosition, writePosition - readPosition);
            writePosition -= readPosition;
            readPosition = 0;
        }
        return true;
    }

    private void appendHeader(final long storeIndex, final StoreStats stats) {
        final int start = beginItem(SnapshotItem.HEADER);
        putInt(SnapshotItem.VERSION);
        putLong(storeIndex);
        putLong(nextEvent);
        final StoreStats.Counter[] counters = StoreStats.Counter.values();
        putInt(counters.length);
        for (final StoreStats.Counter counter : counters) {
            putLong(counter.isReplicated() ? stats.get(counter) : 0);
        }
        endItem(start);
    }

    private void appendEvent(final long index) {
        final int start = beginItem(SnapshotItem.EVENT);
        final int length = history.length(index);
        if (length > 0) {
            putBytes(history.event(index), 0, length);
        }
        endItem(start);
    }

    /**
     * Looks at the next node still there; the one after the last may have gone since.
     *
     * @return false when there are no more.
     */
    private boolean appendNextNode() {
        final int id = tree.ids().nextUsed(nextId);
        if (id == 0 || id > lastId) {
            return false;
        }
        tree.get(id, node);
        if (node.epoch() != epoch) {
            appendNode(id, node);
        }
        nextId = id + 1;
        return true;
    }

    private void appendNode(final int id, final NodeFlyweight written) {
        written.epoch(epoch);
        nodesWritten++;
        final int start = beginItem(SnapshotItem.NODE);
        putInt(id);
        putInt(written.parentId());
        putInt(written.flags() & NodeFlyweight.DIR);
        putLong(written.modifiedIndex());
        putLong(written.createdIndex());
        putLong(written.expirationNanos());
        putLong(written.ttlIndex());
        putInt(written.nameLength());
        putInt(written.valueLength());
        putBytes(written.payload(), 0, written.nameLength() + written.valueLength());
        endItem(start);
    }

    private int beginItem(final byte code) {
        final int start = writePosition;
        putInt(0);
        pending.putByte(writePosition++, code);
        return start;
    }

    private void endItem(final int start) {
        pending.putInt(start, writePosition - start - Integer.BYTES, ORDER);
    }

    private void putInt(final int value) {
        pending.putInt(writePosition, value, ORDER);
        writePosition += Integer.BYTES;
    }

    private void putLong(final long value) {
        pending.putLong(writePosition, value, ORDER);
        writePosition += Long.BYTES;
    }

    private void putBytes(final DirectBuffer buffer, final int offset, final int length) {
        pending.putBytes(writePosition, buffer, offset, length);
        writePosition += length;
    }
}
