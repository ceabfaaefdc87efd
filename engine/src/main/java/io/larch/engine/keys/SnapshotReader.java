package io.larch.engine.keys;

import io.larch.engine.application.StateSource;
import io.larch.engine.keys.tree.KeyTree;
import io.larch.engine.keys.watch.EventHistory;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;

/** Fills an empty tree, history and counters from what {@link SnapshotWriter} wrote. */
final class SnapshotReader {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int INITIAL_CAPACITY = 256 * 1024;

    private final KeyTree tree;
    private final EventHistory history;
    private final StoreStats stats;
    private final ExpandableDirectByteBuffer stream =
            new ExpandableDirectByteBuffer(INITIAL_CAPACITY);
    private int streamLength;
    private long storeIndex;
    private long nodesRead;
    private boolean hasHeader;
    private boolean hasEnd;

    SnapshotReader(final KeyTree tree, final EventHistory history, final StoreStats stats) {
        this.tree = tree;
        this.history = history;
        this.stats = stats;
    }

    /**
     * @return the store's index.
     */
    long read(final StateSource source) {
        while (source.next(this::onRecord)) {
            // All happens in onRecord.
        }
        if (!hasHeader || !hasEnd || streamLength != 0) {
            throw new IllegalStateException("the snapshot is not complete");
        }
        if (history.nextIndex() != storeIndex + 1) {
            throw new IllegalStateException(
                    "the snapshot's history ends before its index "
                            + storeIndex
                            + ": "
                            + history.nextIndex());
        }
        tree.finishRestore();
        if (tree.usage().nodes() != nodesRead) {
            throw new IllegalStateException(
                    "the snapshot has nodes that cannot be reached: "
                            + nodesRead
                            + " against "
                            + tree.usage().nodes());
        }
        return storeIndex;
    }

    private void onRecord(final DirectBuffer buffer, final int offset, final int length) {
        stream.putBytes(streamLength, buffer, offset, length);
        streamLength += length;
        int position = 0;
        while (streamLength - position >= SnapshotItem.LENGTH_BYTES) {
            final int itemLength = stream.getInt(position, ORDER);
            check(itemLength >= 1, "item length");
            if (streamLength - position - SnapshotItem.LENGTH_BYTES < itemLength) {
                break;
            }
            position += SnapshotItem.LENGTH_BYTES;
            onItem(stream.getByte(position), position + 1, itemLength - 1);
            position += itemLength;
        }
        if (position > 0) {
            stream.putBytes(0, stream, position, streamLength - position);
            streamLength -= position;
        }
    }

    private void onItem(final byte code, final int offset, final int length) {
        check(!hasEnd, "item after the end");
        check(hasHeader == (code != SnapshotItem.HEADER), "header");
        switch (code) {
            case SnapshotItem.HEADER:
                onHeader(offset, length);
                break;
            case SnapshotItem.EVENT:
                history.append(stream, offset, length);
                break;
            case SnapshotItem.NODE:
                onNode(offset, length);
                break;
            case SnapshotItem.END:
                check(length == Long.BYTES, "end's length");
                check(stream.getLong(offset, ORDER) == nodesRead, "number of nodes");
                hasEnd = true;
                break;
            default:
                throw new IllegalStateException("unknown item in the snapshot: " + code);
        }
    }

    private void onHeader(final int offset, final int length) {
        check(length >= 24, "header's length");
        final int version = stream.getInt(offset, ORDER);
        if (version != SnapshotItem.VERSION) {
            throw new IllegalStateException("unknown version of the store's snapshot: " + version);
        }
        storeIndex = stream.getLong(offset + 4, ORDER);
        history.startAt(stream.getLong(offset + 12, ORDER));
        final int count = stream.getInt(offset + 20, ORDER);
        check(count >= 0 && length == 24 + (long) count * Long.BYTES, "header's length");
        for (final StoreStats.Counter counter : StoreStats.Counter.values()) {
            if (counter.ordinal() < count && counter.isReplicated()) {
                stats.set(counter, stream.getLong(offset + 24 + counter.ordinal() * 8, ORDER));
            }
        }
        hasHeader = true;
    }

    private void onNode(final int offset, final int length) {
        check(length >= SnapshotItem.NODE_HEADER_LENGTH, "node's length");
        final int id = stream.getInt(offset, ORDER);
        final int nameLength = stream.getInt(offset + 44, ORDER);
        final int valueLength = stream.getInt(offset + 48, ORDER);
        check(id > 0, "node's id");
        check(
                nameLength >= 0
                        && valueLength >= 0
                        && (long) SnapshotItem.NODE_HEADER_LENGTH + nameLength + valueLength
                                == length,
                "node's length");
        tree.restoreNode(
                id,
                stream.getInt(offset + 4, ORDER),
                stream.getInt(offset + 8, ORDER),
                stream,
                offset + SnapshotItem.NODE_HEADER_LENGTH,
                nameLength,
                valueLength,
                stream.getLong(offset + 12, ORDER),
                stream.getLong(offset + 20, ORDER),
                stream.getLong(offset + 28, ORDER),
                stream.getLong(offset + 36, ORDER));
        nodesRead++;
    }

    private static void check(final boolean holds, final String what) {
        if (!holds) {
            throw new IllegalStateException("the snapshot is damaged: " + what);
        }
    }
}
