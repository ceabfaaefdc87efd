package io.larch.engine.member;

import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Who asked for a change of the membership: stands at the end of the change's context, so that the
 * member that asked knows its change again when it is applied. Little endian.
 *
 * <pre>
 *   0              n           n + 8        n + 16     n + 24
 *   +--------------+-----------+------------+----------+
 *   | peer URLs .. | magic     | memberId   | sequence |
 *   +--------------+-----------+------------+----------+
 * </pre>
 *
 * @param sequence never used before by that member, in any of its lives.
 */
record ChangeTag(long memberId, long sequence) {
    private static final long MAGIC = 0x6c617263682e6363L;
    private static final int LENGTH = 3 * Long.BYTES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** The context with this tag behind it. */
    byte[] appendTo(final byte[] context) {
        final byte[] tagged = Arrays.copyOf(context, context.length + LENGTH);
        final UnsafeBuffer buffer = new UnsafeBuffer(tagged);
        buffer.putLong(context.length, MAGIC, ORDER);
        buffer.putLong(context.length + Long.BYTES, memberId, ORDER);
        buffer.putLong(context.length + 2 * Long.BYTES, sequence, ORDER);
        return tagged;
    }

    /** The tag of a context; null when it has none. */
    static ChangeTag of(final byte[] context) {
        final int at = context.length - LENGTH;
        final UnsafeBuffer buffer = new UnsafeBuffer(context);
        if (at < 0 || buffer.getLong(at, ORDER) != MAGIC) {
            return null;
        }
        return new ChangeTag(
                buffer.getLong(at + Long.BYTES, ORDER), buffer.getLong(at + 2 * Long.BYTES, ORDER));
    }
}
