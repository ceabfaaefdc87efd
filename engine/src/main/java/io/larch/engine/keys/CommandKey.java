package io.larch.engine.keys;

import io.larch.engine.codec.KeysCommand;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/** The path a command is about, as the tree knows paths: empty for the root. */
final class CommandKey {
    private static final int IN_ORDER_DIGITS = 20;

    private final ExpandableArrayBuffer ordered = new ExpandableArrayBuffer(256);
    private DirectBuffer buffer;
    private int offset;
    private int length;

    DirectBuffer buffer() {
        return buffer;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    boolean isRoot() {
        return length == 0;
    }

    /** The key that the command names. */
    void take(final KeysCommand command) {
        buffer = command.buffer();
        offset = command.pathOffset();
        length = command.pathLength();
        if (length == 1) {
            length = 0;
        }
    }

    /** An index as 20 digits, below the key that the command names. */
    void takeInOrder(final KeysCommand command, final long index) {
        take(command);
        ordered.putBytes(0, buffer, offset, length);
        ordered.putByte(length, (byte) '/');
        long rest = index;
        for (int i = length + IN_ORDER_DIGITS; i > length; i--) {
            ordered.putByte(i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        buffer = ordered;
        offset = 0;
        length += 1 + IN_ORDER_DIGITS;
    }
}
