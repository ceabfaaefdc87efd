package io.larch.engine.raft;

import org.agrona.ExpandableArrayBuffer;

/**
 * Messages one behind the other, each with a position and padded to 8 bytes.
 *
 * <pre>
 *   0        4          8          16
 *   +--------+----------+----------+-------------
 *   | length | reserved | position | message ...
 *   +--------+----------+----------+-------------
 * </pre>
 */
final class MessageQueue {
    static final int FRAME_LENGTH = 16;
    private static final int POSITION_OFFSET = 8;

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(4096);
    private int head;
    private int tail;

    boolean isEmpty() {
        return head == tail;
    }

    ExpandableArrayBuffer buffer() {
        return buffer;
    }

    /** Where the bytes of the next message go. */
    int nextOffset() {
        return tail + FRAME_LENGTH;
    }

    /** The message at {@link #nextOffset} is complete. */
    void add(final int length, final long position) {
        buffer.putInt(tail, length);
        buffer.putLong(tail + POSITION_OFFSET, position);
        tail = nextOffset() + ((length + 7) & ~7);
    }

    int firstOffset() {
        return head + FRAME_LENGTH;
    }

    int firstLength() {
        return buffer.getInt(head);
    }

    long firstPosition() {
        return buffer.getLong(head + POSITION_OFFSET);
    }

    void removeFirst() {
        head = firstOffset() + ((firstLength() + 7) & ~7);
        if (head == tail) {
            head = 0;
            tail = 0;
        } else if (head >= 1 << 16 && head >= tail / 2) {
            buffer.putBytes(0, buffer, head, tail - head);
            tail -= head;
            head = 0;
        }
    }
}
