package io.larch.engine.keys;

import io.larch.engine.application.StateSink;
import io.larch.engine.keys.tree.KeyTree;
import io.larch.engine.keys.tree.NodeFlyweight;
import io.larch.engine.keys.tree.NodeObserver;
import io.larch.engine.keys.watch.EventHistory;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes the state as it was when the snapshot began, in slices, while changes go on: a node about
 * to change or go, and an event about to leave the history, is written out first. Nodes made since
 * are not written.
 *
 * <p>The records given to the sink are pieces of one stream of items, each with its length (4
 * bytes, without itself) and its {@link SnapshotItem} code (1 byte) in front.
 */
final class SnapshotWriter implements NodeObserver, EventHistory.EvictionObserver, AutoCloseable {
    private static final int ITEM_HEADER_LENGTH = 256;

    /** Bounds a call's work where values are large: 1 MiB. */
    private static final int MAX_CHUNKS_PER_CALL = 16;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final KeyTree tree;
    private final EventHistory history;
    private final NodeFlyweight node = new NodeFlyweight();
    private final UnsafeBuffer item = new UnsafeBuffer(new byte[ITEM_HEADER_LENGTH]);
    private final SnapshotQueue pending = new SnapshotQueue();
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
        int chunks = 0;
        for (int i = 0; i < maxRecords; i++) {
            while (pending.hasFullChunk()) {
                if (chunks++ == MAX_CHUNKS_PER_CALL || !pending.offer(sink)) {
                    return false;
                }
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

    @Override
    public void close() {
        abort();
        pending.close();
    }

    private boolean finish(final StateSink sink) {
        if (!isEnded) {
            isEnded = true;
            putItem(SnapshotItem.END, putLong(SnapshotItem.BODY, nodesWritten), 0);
        }
        while (!pending.isEmpty()) {
            if (!pending.offer(sink)) {
                return false;
            }
        }
        stop();
        return true;
    }

    private void stop() {
        isActive = false;
        tree.observe(NodeObserver.NONE, epoch);
        history.onEviction(EventHistory.EvictionObserver.NONE);
        pending.clear();
    }

    private void appendHeader(final long storeIndex, final StoreStats stats) {
        final StoreStats.Counter[] counters = StoreStats.Counter.values();
        int at = putInt(SnapshotItem.BODY, SnapshotItem.VERSION);
        at = putLong(at, storeIndex);
        at = putLong(at, nextEvent);
        at = putInt(at, counters.length);
        for (final StoreStats.Counter counter : counters) {
            at = putLong(at, counter.isReplicated() ? stats.get(counter) : 0);
        }
        putItem(SnapshotItem.HEADER, at, 0);
    }

    private void appendEvent(final long index) {
        final int length = history.length(index);
        putItem(SnapshotItem.EVENT, SnapshotItem.BODY, length);
        if (length > 0) {
            pending.put(history.event(index), 0, length);
        }
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
        if (tree.find(id, node) && node.epoch() != epoch) {
            appendNode(id, node);
        }
        nextId = id + 1;
        return true;
    }

    private void appendNode(final int id, final NodeFlyweight written) {
        written.epoch(epoch);
        nodesWritten++;
        final int payloadLength = written.nameLength() + written.valueLength();
        int at = putInt(SnapshotItem.BODY, id);
        at = putInt(at, written.parentId());
        at = putInt(at, written.flags() & NodeFlyweight.DIR);
        at = putLong(at, written.modifiedIndex());
        at = putLong(at, written.createdIndex());
        at = putLong(at, written.expirationNanos());
        at = putLong(at, written.ttlIndex());
        at = putInt(at, written.nameLength());
        at = putInt(at, written.valueLength());
        putItem(SnapshotItem.NODE, at, payloadLength);
        pending.put(written.payload(), 0, payloadLength);
    }

    /** Appends the item's fixed part; as many bytes as told are to follow. */
    private void putItem(final byte code, final int end, final int following) {
        putInt(0, end + following - SnapshotItem.LENGTH_BYTES);
        item.putByte(SnapshotItem.LENGTH_BYTES, code);
        pending.put(item, 0, end);
    }

    private int putInt(final int at, final int value) {
        item.putInt(at, value, ORDER);
        return at + Integer.BYTES;
    }

    private int putLong(final int at, final long value) {
        item.putLong(at, value, ORDER);
        return at + Long.BYTES;
    }
}
