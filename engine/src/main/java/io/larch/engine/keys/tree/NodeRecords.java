package io.larch.engine.keys.tree;

import io.larch.engine.codec.CommandEnvelope;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The records of nodes by id: in the {@link NodeTable}, what is too large for that lies beside it.
 * A view of a record is valid until that record is replaced or removed.
 */
final class NodeRecords implements AutoCloseable {
    private static final int MAX_INLINE = NodeTable.MAX_RECORD_LENGTH - NodeFlyweight.HEADER_LENGTH;
    private static final int SMALL_RECORD = 256;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final LargePayloads payloads = new LargePayloads();
    private final PastRecords past = new PastRecords(payloads);
    private final Listings listings = new Listings(this);
    private final NodeFlyweight filling = new NodeFlyweight();
    private final NodeTable nodes;

    NodeRecords() {
        nodes = new NodeTable(payloads);
    }

    /** What reads that have begun still need of records that change. */
    PastRecords past() {
        return past;
    }

    /** What is remembered of listings; told here of all that changes. */
    Listings listings() {
        return listings;
    }

    /** Points the view at a node that is there. */
    void get(final int id, final NodeFlyweight node) {
        nodes.get(id, node);
    }

    /** Points the view at a node as it was when a view of the {@link #past} began. */
    void getPast(final int id, final long view, final NodeFlyweight node) {
        if (!past.find(id, view, node)) {
            nodes.get(id, node);
        }
    }

    /** What is seen of the node in view is about to change. Harmless when said twice. */
    void beforeChange(final int id, final NodeFlyweight node) {
        listings.beforeChange(id, node);
        beforeWrite(id, node);
    }

    /** The record in view is about to change or go. Harmless when said twice. */
    private void beforeWrite(final int id, final NodeFlyweight node) {
        if (past.hasViews()) {
            past.beforeChange(id, node);
        }
    }

    /** Points the view at a node, if it is there. */
    boolean find(final int id, final NodeFlyweight node) {
        return nodes.find(id, node);
    }

    /** Points the view at the node whose record lies at an address a view told before. */
    void view(final long address, final NodeFlyweight node) {
        node.wrap(address, NodeFlyweight.HEADER_LENGTH, payloads);
    }

    /** Puts the record of a new node, without links. */
    void put(
            final int id,
            final int parentId,
            final int epoch,
            final int flags,
            final DirectBuffer name,
            final int nameOffset,
            final int nameLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long modifiedIndex,
            final long createdIndex,
            final long expirationNanos,
            final long ttlIndex) {
        final UnsafeBuffer record = nodes.scratch();
        record.setMemory(0, NodeFlyweight.HEADER_LENGTH, (byte) 0);
        record.putInt(NodeFlyweight.EPOCH_OFFSET, epoch, ORDER);
        record.putInt(NodeFlyweight.PARENT_OFFSET, parentId, ORDER);
        record.putLong(NodeFlyweight.MODIFIED_OFFSET, modifiedIndex, ORDER);
        record.putLong(NodeFlyweight.CREATED_OFFSET, createdIndex, ORDER);
        record.putLong(NodeFlyweight.EXPIRATION_OFFSET, expirationNanos, ORDER);
        record.putLong(
                NodeFlyweight.TTL_INDEX_OFFSET,
                expirationNanos == CommandEnvelope.PERMANENT ? 0 : ttlIndex,
                ORDER);
        nodes.put(
                id,
                putPayload(
                        record,
                        flags,
                        name,
                        nameOffset,
                        nameLength,
                        value,
                        valueOffset,
                        valueLength));
    }

    /**
     * Replaces the value of the node in view, which then shows the new one. The bytes must not be
     * the records' own.
     */
    void putValue(
            final int id,
            final NodeFlyweight node,
            final DirectBuffer value,
            final int offset,
            final int length) {
        beforeChange(id, node);
        final int nameLength = node.nameLength();
        if (hasRoomFor(node, nameLength + length)) {
            final UnsafeBuffer record = node.record();
            record.putBytes(NodeFlyweight.HEADER_LENGTH + nameLength, value, offset, length);
            record.putInt(NodeFlyweight.VALUE_LENGTH_OFFSET, length, ORDER);
            node.wrap(record.addressOffset(), record.capacity(), payloads);
            return;
        }
        final int oldSlot = node.has(NodeFlyweight.OUTSIDE) ? node.payloadSlot() : -1;
        final UnsafeBuffer record = nodes.scratch();
        record.putBytes(0, node.record(), 0, NodeFlyweight.HEADER_LENGTH);
        final int recordLength =
                putPayload(
                        record, node.flags(), node.payload(), 0, nameLength, value, offset, length);
        nodes.put(id, recordLength);
        if (oldSlot >= 0) {
            payloads.free(oldSlot);
        }
        nodes.get(id, node);
    }

    /** Removes the node in view, which was cut off before, and then shows nothing. */
    void remove(final int id, final NodeFlyweight node) {
        listings.forget(id);
        beforeWrite(id, node);
        if (node.has(NodeFlyweight.OUTSIDE)) {
            payloads.free(node.payloadSlot());
        }
        nodes.remove(id);
    }

    /** Hangs a node behind the last child of its parent. */
    void linkLast(final int parentId, final int id) {
        nodes.get(parentId, filling);
        beforeChange(parentId, filling);
        final int last = filling.link(NodeFlyweight.LAST_CHILD_OFFSET);
        filling.link(NodeFlyweight.LAST_CHILD_OFFSET, id);
        if (last == 0) {
            filling.link(NodeFlyweight.FIRST_CHILD_OFFSET, id);
        } else {
            link(last, NodeFlyweight.NEXT_SIBLING_OFFSET, id);
            link(id, NodeFlyweight.PREV_SIBLING_OFFSET, last);
        }
    }

    /**
     * Takes the node in view, of which {@link #beforeChange} was told, from among its siblings; it
     * still knows its parent.
     */
    void unlink(final NodeFlyweight node) {
        final int parentId = node.parentId();
        final int previous = node.link(NodeFlyweight.PREV_SIBLING_OFFSET);
        final int next = node.nextSibling();
        if (previous == 0) {
            link(parentId, NodeFlyweight.FIRST_CHILD_OFFSET, next);
        } else {
            link(previous, NodeFlyweight.NEXT_SIBLING_OFFSET, next);
        }
        if (next == 0) {
            link(parentId, NodeFlyweight.LAST_CHILD_OFFSET, previous);
        } else {
            link(next, NodeFlyweight.PREV_SIBLING_OFFSET, previous);
        }
    }

    private void link(final int id, final int linkOffset, final int target) {
        nodes.get(id, filling);
        beforeWrite(id, filling);
        filling.link(linkOffset, target);
    }

    /**
     * Puts name and value into a record or beside the map.
     *
     * @return the record's length.
     */
    private int putPayload(
            final UnsafeBuffer record,
            final int flags,
            final DirectBuffer name,
            final int nameOffset,
            final int nameLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength) {
        record.putInt(NodeFlyweight.NAME_LENGTH_OFFSET, nameLength, ORDER);
        record.putInt(NodeFlyweight.VALUE_LENGTH_OFFSET, valueLength, ORDER);
        final int length = nameLength + valueLength;
        if (length <= MAX_INLINE) {
            final int payloadOffset = NodeFlyweight.HEADER_LENGTH;
            record.putBytes(payloadOffset, name, nameOffset, nameLength);
            record.putBytes(payloadOffset + nameLength, value, valueOffset, valueLength);
            record.putInt(NodeFlyweight.FLAGS_OFFSET, flags & ~NodeFlyweight.OUTSIDE, ORDER);
            return payloadOffset + length;
        }
        final int slot = payloads.allocate(length);
        filling.payloadAt(payloads.address(slot), length);
        filling.outside().putBytes(0, name, nameOffset, nameLength);
        filling.outside().putBytes(nameLength, value, valueOffset, valueLength);
        record.putInt(NodeFlyweight.PAYLOAD_SLOT_OFFSET, slot, ORDER);
        record.putInt(NodeFlyweight.FLAGS_OFFSET, flags | NodeFlyweight.OUTSIDE, ORDER);
        return NodeFlyweight.HEADER_LENGTH;
    }

    /** Whether a payload fits the record that is there without wasting much of it. */
    private static boolean hasRoomFor(final NodeFlyweight node, final int payloadLength) {
        final int capacity = node.record().capacity();
        final int needed = NodeFlyweight.HEADER_LENGTH + payloadLength;
        return !node.has(NodeFlyweight.OUTSIDE)
                && needed <= capacity
                && (capacity <= SMALL_RECORD || needed >= capacity / 2);
    }

    @Override
    public void close() {
        listings.close();
        past.close();
        nodes.close();
        payloads.close();
    }
}
