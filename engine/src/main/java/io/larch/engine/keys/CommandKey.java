package io.larch.engine.keys;

import io.larch.engine.codec.KeysCommand;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/** The path a command is about, as the tree knows paths: empty for the root. */
final class CommandKey {
    private static final int IN_ORDER_DIGITS = 20;

    private final long hashSeed;
    private final ExpandableArrayBuffer ordered = new ExpandableArrayBuffer(256);
    private DirectBuffer buffer;
    private int offset;
    private int length;

    /**
     * @param hashSeed that clients do not know.
     */
    CommandKey(final long hashSeed) {
        this.hashSeed = hashSeed;
    }

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

    /** Of the bytes of the path, never 0; two paths may have the same. */
    long hash() {
        long hash = hashSeed + length;
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            hash = mix(hash ^ buffer.getLong(offset + i));
        }
        long rest = 0;
        for (; i < length; i++) {
            rest = rest << Byte.SIZE | buffer.getByte(offset + i) & 0xFF;
        }
        hash = mix(hash ^ rest);
        return hash == 0 ? 1 : hash;
    }

    /** The finalizer of MurmurHash3. */
    private static long mix(final long bits) {
        long mixed = (bits ^ bits >>> 33) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ mixed >>> 33;
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
