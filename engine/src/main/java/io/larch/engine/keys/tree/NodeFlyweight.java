package io.larch.engine.keys.tree;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * View over one node's record, where it lies in the {@link NodeTable}: reads and writes go straight
 * to that memory. Little endian; node ids are from 1, 0 means none.
 *
 * <pre>
 *   0       4       8          12           16          20            24
 *   +-------+-------+----------+------------+-----------+-------------+-----------
 *   | flags | epoch | parentId | firstChild | lastChild | prevSibling | nextSibling ...
 *   +-------+-------+----------+------------+-----------+-------------+-----------
 *   28           32              40             48                56
 *   +------------+---------------+--------------+-----------------+----------+
 *   | nameLength | modifiedIndex | createdIndex | expirationNanos | ttlIndex |
 *   +------------+---------------+--------------+-----------------+----------+
 *   64            68            72
 *   +-------------+-------------+--------------------------------
 *   | valueLength | payloadSlot | name, value (unless OUTSIDE)
 *   +-------------+-------------+--------------------------------
 * </pre>
 *
 * {@code ttlIndex} is the index of the change that set the TTL: of two nodes that expire at the
 * same instant the one with the lower goes first. {@code epoch} is the snapshot that needs the node
 * no more. With {@link #OUTSIDE} name and value lie in {@link LargePayloads}.
 *
 * <p>Valid until the record is replaced or removed.
 */
public final class NodeFlyweight {
    public static final int DIR = 1;
    static final int OUTSIDE = 1 << 1;

    static final int FLAGS_OFFSET = 0;
    static final int EPOCH_OFFSET = 4;
    static final int PARENT_OFFSET = 8;
    static final int FIRST_CHILD_OFFSET = 12;
    static final int LAST_CHILD_OFFSET = 16;
    static final int PREV_SIBLING_OFFSET = 20;
    static final int NEXT_SIBLING_OFFSET = 24;
    static final int NAME_LENGTH_OFFSET = 28;
    static final int MODIFIED_OFFSET = 32;
    static final int CREATED_OFFSET = 40;
    static final int EXPIRATION_OFFSET = 48;
    static final int TTL_INDEX_OFFSET = 56;
    static final int VALUE_LENGTH_OFFSET = 64;
    static final int PAYLOAD_SLOT_OFFSET = 68;
    static final int HEADER_LENGTH = 72;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final UnsafeBuffer record = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);

    /** The record's memory. */
    UnsafeBuffer record() {
        return record;
    }

    /** Name, then value. */
    public DirectBuffer payload() {
        return payload;
    }

    void wrap(final long address, final int length, final LargePayloads payloads) {
        record.wrap(address, length);
        final int payloadLength = nameLength() + valueLength();
        if (has(OUTSIDE)) {
            payload.wrap(payloads.address(payloadSlot()), payloadLength);
        } else {
            payload.wrap(address + HEADER_LENGTH, payloadLength);
        }
    }

    /** Points at a payload outside the map, to fill it. */
    void payloadAt(final long address, final int length) {
        payload.wrap(address, length);
    }

    /** The payload's memory, to fill it. */
    UnsafeBuffer outside() {
        return payload;
    }

    long address() {
        return record.addressOffset();
    }

    public int flags() {
        return record.getInt(FLAGS_OFFSET, ORDER);
    }

    boolean has(final int flag) {
        return (flags() & flag) != 0;
    }

    public boolean isDir() {
        return has(DIR);
    }

    void makeDir() {
        record.putInt(FLAGS_OFFSET, flags() | DIR, ORDER);
    }

    public int epoch() {
        return record.getInt(EPOCH_OFFSET, ORDER);
    }

    public void epoch(final int epoch) {
        record.putInt(EPOCH_OFFSET, epoch, ORDER);
    }

    public int parentId() {
        return record.getInt(PARENT_OFFSET, ORDER);
    }

    public int firstChild() {
        return record.getInt(FIRST_CHILD_OFFSET, ORDER);
    }

    int nextSibling() {
        return record.getInt(NEXT_SIBLING_OFFSET, ORDER);
    }

    int link(final int linkOffset) {
        return record.getInt(linkOffset, ORDER);
    }

    void link(final int linkOffset, final int id) {
        record.putInt(linkOffset, id, ORDER);
    }

    public int nameLength() {
        return record.getInt(NAME_LENGTH_OFFSET, ORDER);
    }

    public int valueLength() {
        return record.getInt(VALUE_LENGTH_OFFSET, ORDER);
    }

    int payloadSlot() {
        return record.getInt(PAYLOAD_SLOT_OFFSET, ORDER);
    }

    public long modifiedIndex() {
        return record.getLong(MODIFIED_OFFSET, ORDER);
    }

    public void modifiedIndex(final long index) {
        record.putLong(MODIFIED_OFFSET, index, ORDER);
    }

    public long createdIndex() {
        return record.getLong(CREATED_OFFSET, ORDER);
    }

    public void createdIndex(final long index) {
        record.putLong(CREATED_OFFSET, index, ORDER);
    }

    public long expirationNanos() {
        return record.getLong(EXPIRATION_OFFSET, ORDER);
    }

    public long ttlIndex() {
        return record.getLong(TTL_INDEX_OFFSET, ORDER);
    }

    void expiration(final long expirationNanos, final long ttlIndex) {
        record.putLong(EXPIRATION_OFFSET, expirationNanos, ORDER);
        record.putLong(TTL_INDEX_OFFSET, ttlIndex, ORDER);
    }

    boolean isNamed(final DirectBuffer name, final int offset, final int length) {
        if (length != nameLength()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (name.getByte(offset + i) != payload.getByte(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the name makes a node invisible in its parent's listings. */
    boolean isHidden() {
        return nameLength() > 0 && payload.getByte(0) == '_';
    }
}
