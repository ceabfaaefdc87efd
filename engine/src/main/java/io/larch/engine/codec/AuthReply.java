package io.larch.engine.codec;

import java.nio.ByteOrder;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What became of an {@link AuthCommand}, as its edge prints it. Little endian.
 *
 * <p>Its first byte is never 0, which an answer to a read has.
 *
 * <pre>
 *   0        2      3
 *   +--------+------+--------------------------------------------------------
 *   | status | kind | TextFields: of a refusal its message; of a user name and
 *   +--------+------+ roles; of a role name, read, write
 * </pre>
 *
 * @param status of HTTP.
 * @param text the message or the name; null for {@link Kind#DONE}.
 * @param first a user's roles, or what a role may read; may be null.
 * @param second what a role may write; may be null.
 */
public record AuthReply(
        int status, Kind kind, String text, List<String> first, List<String> second) {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int KIND_OFFSET = Short.BYTES;
    private static final int FIELDS_OFFSET = KIND_OFFSET + Byte.BYTES;
    private static final Kind[] KINDS = Kind.values();

    /** What is told. The order is on the rings only, never on disk. */
    public enum Kind {
        REFUSED,
        DONE,
        USER,
        ROLE
    }

    /** Writes it from the start of a buffer, and returns its length. */
    public int encode(final MutableDirectBuffer target) {
        target.putShort(0, (short) status, ORDER);
        target.putByte(KIND_OFFSET, (byte) kind.ordinal());
        int at = FIELDS_OFFSET;
        if (kind != Kind.DONE) {
            at = TextFields.put(target, at, text);
        }
        if (kind == Kind.USER || kind == Kind.ROLE) {
            at = TextFields.put(target, at, first);
        }
        if (kind == Kind.ROLE) {
            at = TextFields.put(target, at, second);
        }
        return at;
    }

    /** Reads what {@link #encode} wrote. */
    public static AuthReply decode(final DirectBuffer source, final int offset, final int length) {
        final int status = source.getShort(offset, ORDER);
        final Kind kind = KINDS[source.getByte(offset + KIND_OFFSET)];
        final TextFields fields = new TextFields(source, offset + FIELDS_OFFSET, offset + length);
        final String text = kind == Kind.DONE ? null : fields.text();
        final List<String> first = kind == Kind.USER || kind == Kind.ROLE ? fields.list() : null;
        final List<String> second = kind == Kind.ROLE ? fields.list() : null;
        return new AuthReply(status, kind, text, first, second);
    }
}
