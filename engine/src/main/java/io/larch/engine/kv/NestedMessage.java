package io.larch.engine.kv;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.ProtoWriter;
import org.agrona.MutableDirectBuffer;

/**
 * Messages within messages, of which nobody knows how long they are before they are written: each
 * is written with room in front, and moved down when its length is known.
 */
final class NestedMessage {
    /** Tag and length at most, for fields below 16. */
    private static final int ROOM = 1 + 5;

    private NestedMessage() {}

    /** Where the message's fields go that begins at an offset. */
    static int open(final int offset) {
        return offset + ROOM;
    }

    /**
     * The message is written.
     *
     * @param offset that it was opened at.
     * @param end of its fields.
     * @return its end now.
     */
    static int close(
            final MutableDirectBuffer target, final int offset, final int field, final int end) {
        final int from = offset + ROOM;
        final int length = end - from;
        final int at = ProtoWriter.head(target, offset, field, length);
        target.putBytes(at, target, from, length);
        return at + length;
    }

    /** Length of the tag and length in front of a message. */
    static int headLength(final int field, final long length) {
        return ProtoWriter.varintLength((long) field << 3) + ProtoWriter.varintLength(length);
    }

    /** Writes tag and length of a message that may be longer than a buffer. Returns the end. */
    static int head(
            final MutableDirectBuffer target,
            final int offset,
            final int field,
            final long length) {
        final int at = ProtoWriter.varint(target, offset, (long) field << 3 | ProtoReader.BYTES);
        return ProtoWriter.varint(target, at, length);
    }
}
