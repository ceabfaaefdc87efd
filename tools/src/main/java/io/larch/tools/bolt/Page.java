package io.larch.tools.bolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A page of a tree: a list of elements, and behind it their names and what belongs to these, one
 * behind the other without a gap. It goes on in as many pages behind it as it says. Little endian:
 *
 * <pre>
 *   0    8       10      12         16             16 + 16 * count
 *   +----+-------+-------+----------+--------------+----------------
 *   | id | flags | count | overflow | elements ... | names and values
 *   +----+-------+-------+----------+--------------+----------------
 *
 *   element of a branch   0: position   4: bytes of its name   8: page below
 *   element of a leaf     0: flags   4: position   8: bytes of its name   12: bytes of its value
 * </pre>
 *
 * A position counts from the element itself. Checked are all lengths and positions, when the page
 * is read.
 */
final class Page {
    static final int HEADER_BYTES = 16;
    static final int BRANCH = 1;
    static final int LEAF = 2;
    static final int META = 4;

    private static final int ELEMENT_BYTES = 16;
    private static final int COUNT_MASK = 0xffff;

    /** bbolt takes none that are longer. */
    private static final int MAX_NAME_BYTES = 1 << 15;

    /** etcd takes no request that is nearly as long. */
    private static final long MAX_VALUE_BYTES = 1 << 28;

    private final BoltFile file;
    private final long id;
    private final long position;
    private final int flags;
    private final int count;
    private final ByteBuffer elements;

    /**
     * Reads the list of a page.
     *
     * @param id where it stands, or where that stands in which it is.
     * @param position in the file.
     * @param room how long it is at most.
     */
    Page(final BoltFile file, final long id, final long position, final long room)
            throws IOException {
        this.file = file;
        this.id = id;
        this.position = position;
        if (room < HEADER_BYTES) {
            throw file.damaged(id, "no room for a page");
        }
        final byte[] header = new byte[HEADER_BYTES];
        file.read(position, header, HEADER_BYTES);
        final ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        flags = fields.getShort(8) & COUNT_MASK;
        count = fields.getShort(10) & COUNT_MASK;
        if (flags != BRANCH && flags != LEAF) {
            throw file.damaged(id, "neither branch nor leaf: flags %#x".formatted(flags));
        }
        if (count == 0 && flags == BRANCH) {
            throw file.damaged(id, "a branch without an element");
        }
        final int bytes = count * ELEMENT_BYTES;
        if (bytes > room - HEADER_BYTES) {
            throw file.damaged(id, "no room for %d elements".formatted(count));
        }
        final byte[] list = new byte[bytes];
        file.read(position + HEADER_BYTES, list, bytes);
        elements = ByteBuffer.wrap(list).order(ByteOrder.LITTLE_ENDIAN);
        check(room);
    }

    /** Elements that leave a gap, or overlap, are of a list that is not as it was written. */
    private void check(final long room) throws BoltException {
        long expected = HEADER_BYTES + (long) count * ELEMENT_BYTES;
        for (int i = 0; i < count; i++) {
            final long name = nameLength(i);
            final long value = isLeaf() ? unsigned(i, 12) : 0;
            if (name > MAX_NAME_BYTES || value > MAX_VALUE_BYTES) {
                throw file.damaged(
                        id,
                        "element %d has a name of %d bytes and %d more".formatted(i, name, value));
            }
            if (nameOffset(i) != expected) {
                throw file.damaged(
                        id,
                        "element %d begins at %d, and the one before ends at %d"
                                .formatted(i, nameOffset(i), expected));
            }
            expected += name + value;
            if (expected > room) {
                throw file.damaged(id, "element %d ends outside of the page".formatted(i));
            }
        }
    }

    private long unsigned(final int index, final int offset) {
        return Integer.toUnsignedLong(elements.getInt(index * ELEMENT_BYTES + offset));
    }

    private long nameOffset(final int index) {
        return HEADER_BYTES + (long) index * ELEMENT_BYTES + unsigned(index, isLeaf() ? 4 : 0);
    }

    private long nameLength(final int index) {
        return unsigned(index, isLeaf() ? 8 : 4);
    }

    boolean isLeaf() {
        return flags == LEAF;
    }

    int count() {
        return count;
    }

    /** Of an element. */
    byte[] name(final int index) throws IOException {
        final byte[] name = new byte[(int) nameLength(index)];
        file.read(position + nameOffset(index), name, name.length);
        return name;
    }

    /** Of a leaf's element: whether its value is a bucket. */
    boolean isBucket(final int index) {
        return (unsigned(index, 0) & 1) != 0;
    }

    /** Of a leaf's element: where in the file its value is. */
    long valuePosition(final int index) {
        return position + nameOffset(index) + nameLength(index);
    }

    /** Of a leaf's element. */
    int valueLength(final int index) {
        return (int) unsigned(index, 12);
    }

    /** Of a branch's element: the page below. */
    long child(final int index) {
        return elements.getLong(index * ELEMENT_BYTES + 8);
    }
}
