package io.larch.engine.keys;

import io.larch.engine.application.StateSource;
import io.larch.engine.keys.tree.NodeFlyweight;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * What is in the keys' section of a snapshot, without a tree made of it.
 *
 * @param storeIndex of the newest change.
 * @param keys without the directories.
 * @param directories without the root.
 */
public record KeysSummary(long storeIndex, long keys, long directories) {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** Where a node's flags are, behind its code. */
    private static final int FLAGS_OFFSET = 1 + 8;

    /** What is looked at of an item. */
    private static final int HEAD_LENGTH = 64;

    /**
     * Reads a section to its end.
     *
     * @throws IllegalStateException if it is not whole.
     */
    public static KeysSummary read(final StateSource records) {
        final Reader reader = new Reader();
        while (records.next(reader::onRecord)) {
            // The reader counts.
        }
        return reader.summary();
    }

    /** Items may be cut anywhere: of each, the head is kept and the rest is passed over. */
    private static final class Reader {
        private final ExpandableArrayBuffer head = new ExpandableArrayBuffer(HEAD_LENGTH);
        private int headLength;
        private long toSkip;
        private long storeIndex = -1;
        private long keys;
        private long directories;
        private boolean hasEnd;

        void onRecord(final DirectBuffer buffer, final int offset, final int length) {
            int from = offset;
            final int end = offset + length;
            while (from < end) {
                if (toSkip > 0) {
                    final int skipped = (int) Math.min(toSkip, end - from);
                    toSkip -= skipped;
                    from += skipped;
                } else {
                    head.putByte(headLength++, buffer.getByte(from++));
                    lookAtHead();
                }
            }
        }

        private void lookAtHead() {
            if (headLength < SnapshotItem.LENGTH_BYTES) {
                return;
            }
            final int itemLength = head.getInt(0, ORDER);
            if (itemLength < 1 || hasEnd) {
                throw damaged();
            }
            final int wanted = SnapshotItem.LENGTH_BYTES + Math.min(itemLength, HEAD_LENGTH - 4);
            if (headLength == wanted) {
                onItem(itemLength);
                headLength = 0;
                toSkip = SnapshotItem.LENGTH_BYTES + itemLength - (long) wanted;
            }
        }

        private void onItem(final int itemLength) {
            final int at = SnapshotItem.LENGTH_BYTES;
            switch (head.getByte(at)) {
                case SnapshotItem.HEADER -> storeIndex = head.getLong(at + 1 + 4, ORDER);
                case SnapshotItem.NODE -> {
                    if (itemLength < 1 + SnapshotItem.NODE_HEADER_LENGTH) {
                        throw damaged();
                    }
                    if ((head.getInt(at + FLAGS_OFFSET, ORDER) & NodeFlyweight.DIR) != 0) {
                        directories++;
                    } else {
                        keys++;
                    }
                }
                case SnapshotItem.END -> hasEnd = true;
                default -> {
                    // Events are no keys.
                }
            }
        }

        KeysSummary summary() {
            if (storeIndex < 0 || !hasEnd) {
                throw damaged();
            }
            // The root is among them.
            return new KeysSummary(storeIndex, keys, Math.max(0, directories - 1));
        }

        private static IllegalStateException damaged() {
            return new IllegalStateException("the snapshot's section of keys is not whole");
        }
    }
}
