package io.larch.engine.codec.kv;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What became of a {@link KvCommand}: a refusal, or the fields of the response's message but its
 * header, which the edge prints in front. Little endian.
 *
 * <pre>
 *   0         1        2       4
 *   +---------+--------+-------+------------------------
 *   | isWrite | unused | error | body
 *   +---------+--------+-------+------------------------
 * </pre>
 *
 * <p>A result that is told in parts has eight bytes more in front of the body, which say how long
 * all of the body is.
 */
public final class KvReply {
    /** Where the body begins. */
    public static final int HEAD_LENGTH = 4;

    /** Where the body of a result told in parts begins. */
    public static final int SLICED_HEAD_LENGTH = HEAD_LENGTH + Long.BYTES;

    private static final int ERROR_OFFSET = 2;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private KvReply() {}

    /** Writes the head of an answer; null as error for none. Returns where the body goes. */
    public static int encodeHead(
            final MutableDirectBuffer target,
            final int offset,
            final boolean isWrite,
            final KvError error) {
        target.putByte(offset, (byte) (isWrite ? 1 : 0));
        target.putByte(offset + 1, (byte) 0);
        target.putShort(offset + ERROR_OFFSET, error == null ? 0 : (short) error.code(), ORDER);
        return offset + HEAD_LENGTH;
    }

    /** Writes the head of a read that is told in parts. Returns where the body goes. */
    public static int encodeSlicedHead(
            final MutableDirectBuffer target, final int offset, final long bodyLength) {
        final int at = encodeHead(target, offset, false, null);
        target.putLong(at, bodyLength, ORDER);
        return at + Long.BYTES;
    }

    /** Why it was refused; null: it was not. */
    public static KvError error(final DirectBuffer source, final int offset) {
        final int code = source.getShort(offset + ERROR_OFFSET, ORDER);
        return code == 0 ? null : KvError.of(code);
    }

    /** Of a result that is told in parts: the length of the whole body. */
    public static long bodyLength(final DirectBuffer source, final int offset) {
        return source.getLong(offset + HEAD_LENGTH, ORDER);
    }
}
