package io.larch.engine.codec.kv;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A range that is told in chunks, each asked for by a command of its own ({@link
 * KvCommand#RANGE_CHUNK}), so that the engine keeps nothing between two. Where the next one begins
 * the answer says in a cursor, which only the engine understands; whoever asks hands it back. All
 * chunks are as of the revision of the first. Little endian.
 *
 * <pre>
 *   the body of the command
 *   0          4              8
 *   +----------+--------------+--------+--------------
 *   | maxBytes | cursorLength | cursor | RangeRequest
 *   +----------+--------------+--------+--------------
 *
 *   the body of the answer
 *   0              4
 *   +--------------+---------------------------------------+--------
 *   | fieldsLength | fields of a RangeResponse, no header  | cursor
 *   +--------------+---------------------------------------+--------
 * </pre>
 *
 * <p>Without a cursor a command asks for the first chunk, and an answer is the last one: that one
 * has the fields {@code more} and {@code count}, of the whole range. Others may have no fields at
 * all, where there was much to pass over.
 */
public final class RangeChunk {
    /** Of an answer: where the fields begin in its body. */
    public static final int FIELDS_OFFSET = Integer.BYTES;

    private static final int CURSOR_LENGTH_OFFSET = Integer.BYTES;
    private static final int CURSOR_OFFSET = CURSOR_LENGTH_OFFSET + Integer.BYTES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private RangeChunk() {}

    /**
     * Writes the body of a command.
     *
     * @param maxBytes most bytes of fields, unless there is not room for a single key.
     * @param cursor of the answer before; its length is 0 for the first chunk.
     * @return the end.
     */
    public static int encode(
            final MutableDirectBuffer target,
            final int offset,
            final int maxBytes,
            final byte[] cursor,
            final byte[] request) {
        target.putInt(offset, maxBytes, ORDER);
        target.putInt(offset + CURSOR_LENGTH_OFFSET, cursor.length, ORDER);
        target.putBytes(offset + CURSOR_OFFSET, cursor);
        target.putBytes(offset + CURSOR_OFFSET + cursor.length, request);
        return offset + CURSOR_OFFSET + cursor.length + request.length;
    }

    /** Whether the body of a command is one. */
    public static boolean isWellFormed(
            final DirectBuffer body, final int offset, final int length) {
        return length >= CURSOR_OFFSET
                && maxBytes(body, offset) > 0
                && cursorLength(body, offset) >= 0
                && cursorLength(body, offset) <= length - CURSOR_OFFSET;
    }

    /** Of a command. */
    public static int maxBytes(final DirectBuffer body, final int offset) {
        return body.getInt(offset, ORDER);
    }

    /** Of a command. */
    public static int cursorLength(final DirectBuffer body, final int offset) {
        return body.getInt(offset + CURSOR_LENGTH_OFFSET, ORDER);
    }

    /** Of a command: where its cursor begins. The request stands behind it. */
    public static int cursorOffset(final int offset) {
        return offset + CURSOR_OFFSET;
    }

    /** Of an answer: says how long its fields are. */
    public static void fieldsLength(
            final MutableDirectBuffer body, final int offset, final int length) {
        body.putInt(offset, length, ORDER);
    }

    /** Of an answer. */
    public static int fieldsLength(final DirectBuffer body, final int offset) {
        return body.getInt(offset, ORDER);
    }
}
