package io.larch.engine.codec.kv;

import org.agrona.DirectBuffer;

/**
 * Goes through the fields of one protobuf message, without copying anything:
 *
 * <pre>
 *   while (reader.next()) {
 *       switch (reader.field()) {
 *           case 1 -> key(reader.buffer(), reader.offset(), reader.length());
 *           case 3 -> limit = reader.number();
 *           default -> {} // unknown fields are passed over
 *       }
 *   }
 *   if (reader.isBroken()) ...
 * </pre>
 *
 * <p>Reading stops at the first byte that is not protobuf (varints over ten bytes, lengths beyond
 * the end, groups, field 0). Not threadsafe; the buffer stays its owner's. Source: the encoding as
 * protobuf's documentation describes it.
 */
public final class ProtoReader {
    public static final int VARINT = 0;
    public static final int FIXED64 = 1;
    public static final int BYTES = 2;
    public static final int FIXED32 = 5;

    private static final int TYPE_BITS = 3;
    private static final int TYPE_MASK = 7;
    private static final int MAX_FIELD = (1 << 29) - 1;

    private DirectBuffer buffer;
    private int position;
    private int end;
    private int field;
    private int type;
    private long number;
    private int offset;
    private int length;
    private boolean isBroken;

    /** Looks at a message from its start. */
    public ProtoReader wrap(final DirectBuffer buffer, final int offset, final int length) {
        this.buffer = buffer;
        position = offset;
        end = offset + length;
        isBroken = false;
        field = 0;
        type = VARINT;
        number = 0;
        return this;
    }

    /** Looks at the message that is the current field of another. */
    public ProtoReader wrap(final ProtoReader field) {
        return wrap(field.buffer, field.offset, field.length);
    }

    /** Goes to the next field; false at the end, or where it {@link #isBroken}. */
    public boolean next() {
        if (position >= end || isBroken) {
            return false;
        }
        final long tag = varint();
        field = (int) (tag >>> TYPE_BITS);
        type = (int) tag & TYPE_MASK;
        if (isBroken || tag >>> TYPE_BITS > MAX_FIELD || field == 0) {
            return broken();
        }
        switch (type) {
            case VARINT -> number = varint();
            case FIXED64 -> fixed(Long.BYTES);
            case FIXED32 -> fixed(Integer.BYTES);
            case BYTES -> bytes();
            default -> broken();
        }
        return !isBroken;
    }

    /** Whether the message is not protobuf. */
    public boolean isBroken() {
        return isBroken;
    }

    /** Where the current field ends, and the next one begins. */
    public int position() {
        return position;
    }

    /** Number of the current field. */
    public int field() {
        return field;
    }

    /** Wire type of the current field: one of the constants. */
    public int type() {
        return type;
    }

    /** Whether the current field has a wire type. */
    public boolean is(final int wireType) {
        return type == wireType;
    }

    /** Of a current field of {@link #VARINT}; 0 for other types. */
    public long number() {
        return type == VARINT ? number : 0;
    }

    /** Of a current field of {@link #VARINT}: whether it is not 0. */
    public boolean flag() {
        return number() != 0;
    }

    public DirectBuffer buffer() {
        return buffer;
    }

    /** Where the bytes of a current field of {@link #BYTES} begin. */
    public int offset() {
        return offset;
    }

    /** Bytes of a current field of {@link #BYTES}; 0 for other types. */
    public int length() {
        return type == BYTES ? length : 0;
    }

    private void bytes() {
        final long count = varint();
        if (isBroken || count < 0 || count > end - position) {
            broken();
            return;
        }
        offset = position;
        length = (int) count;
        position += length;
    }

    private void fixed(final int count) {
        if (count > end - position) {
            broken();
            return;
        }
        position += count;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (position >= end) {
                broken();
                return 0;
            }
            final byte next = buffer.getByte(position++);
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        broken();
        return 0;
    }

    private boolean broken() {
        isBroken = true;
        return false;
    }
}
