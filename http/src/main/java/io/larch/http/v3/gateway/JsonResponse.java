package io.larch.http.v3.gateway;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import org.agrona.DirectBuffer;

/**
 * Prints protobuf as the JSON of etcd's gateway: names with underscores, 64-bit numbers as texts,
 * bytes in base64, enumerations by name. What is zero or empty is left out, unless it is one of
 * many or a message.
 *
 * <p>A message may come in pieces: its fields are printed as they are complete, those of nested
 * messages too, and what is not is asked for again. So no more than one text or number waits.
 *
 * <p>One event loop's; used again for each message.
 */
public final class JsonResponse {
    private static final Base64.Encoder BASE64 = Base64.getEncoder();
    private static final int TYPE_BITS = 3;
    private static final int TYPE_MASK = 7;
    private static final int NOT_HERE = -1;

    private final ProtoReader reader = new ProtoReader();
    private final Deque<Begun> outer = new ArrayDeque<>();
    private final JsonWriter json;
    private final ByteWriter out;
    private final MessageType type;

    /** The innermost message whose end has not come; null before the first. */
    private Begun inner;

    /** The varint that was read last. */
    private long varint;

    /** A message whose end has not come. */
    private static final class Begun {
        private final MessageType type;

        /** Bytes that are to come of it. */
        private long left;

        /** Of its fields: the array that is open; null when none is. */
        private Field array;

        private boolean isEmpty = true;

        Begun(final MessageType type, final long left) {
            this.type = type;
            this.left = left;
        }
    }

    /**
     * Begins a message.
     *
     * @param json where it is printed.
     */
    public JsonResponse(final MessageType type, final JsonWriter json) {
        this.type = type;
        this.json = json;
        out = json.out();
    }

    /**
     * Prints the fields that are complete.
     *
     * @return bytes that were of them: what follows them belongs to the next call.
     */
    public int print(final DirectBuffer buffer, final int offset, final int length) {
        begin();
        int printed = 0;
        int more;
        do {
            more = step(buffer, offset + printed, length - printed);
            printed += more;
            endWhole();
        } while (more > 0);
        return printed;
    }

    /** The message is complete. */
    public void end() {
        begin();
        while (inner != null) {
            endInner();
        }
    }

    private void begin() {
        if (inner == null) {
            begin(type, Long.MAX_VALUE);
        }
    }

    private void begin(final MessageType of, final long length) {
        if (inner != null) {
            outer.push(inner);
        }
        inner = new Begun(of, length);
        out.put('{');
    }

    private void endWhole() {
        while (inner.left == 0) {
            endInner();
        }
    }

    private void endInner() {
        closeArray();
        out.put('}');
        inner = outer.poll();
    }

    /** Prints a field, or a nested message's beginning; 0 when it is not here as a whole. */
    private int step(final DirectBuffer buffer, final int offset, final int length) {
        final int here = (int) Math.min(length, inner.left);
        final int behindTag = varint(buffer, offset, offset + here);
        if (behindTag == NOT_HERE) {
            return 0;
        }
        final Field field =
                inner.type.field((int) Math.min(varint >>> TYPE_BITS, Integer.MAX_VALUE));
        return field != null
                        && field.kind() == Field.Kind.MESSAGE
                        && (varint & TYPE_MASK) == ProtoReader.BYTES
                ? message(field, buffer, offset, behindTag, offset + here)
                : whole(buffer, offset, here);
    }

    private int message(
            final Field field,
            final DirectBuffer buffer,
            final int offset,
            final int behindTag,
            final int end) {
        final int start = varint(buffer, behindTag, end);
        if (start == NOT_HERE || varint < 0 || varint > inner.left - (start - offset)) {
            return 0;
        }
        name(field);
        inner.left -= start - offset + varint;
        begin(field.message(), varint);
        return start - offset;
    }

    private int whole(final DirectBuffer buffer, final int offset, final int length) {
        reader.wrap(buffer, offset, length);
        if (!reader.next()) {
            return 0;
        }
        final Field field = shown(inner.type, reader);
        if (field != null) {
            name(field);
            value(field);
        }
        final int bytes = reader.position() - offset;
        inner.left -= bytes;
        return bytes;
    }

    /** Returns where it ends. */
    private int varint(final DirectBuffer buffer, final int offset, final int end) {
        varint = 0;
        int at = offset;
        for (int shift = 0; shift < Long.SIZE && at < end; shift += 7) {
            final byte next = buffer.getByte(at++);
            varint |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return at;
            }
        }
        return NOT_HERE;
    }

    /** The field that the reader is at; null when it is not to be seen. */
    private static Field shown(final MessageType of, final ProtoReader reader) {
        final Field field = of.field(reader.field());
        return field == null || !field.isRepeated() && isNothing(field, reader) ? null : field;
    }

    /** Prints what stands in front of a value. */
    private void name(final Field field) {
        if (field == inner.array) {
            out.put(',');
            return;
        }
        closeArray();
        if (!inner.isEmpty) {
            out.put(',');
        }
        inner.isEmpty = false;
        out.put('"').put(field.name()).put("\":");
        if (field.isRepeated()) {
            out.put('[');
            inner.array = field;
        }
    }

    private void closeArray() {
        if (inner.array != null) {
            out.put(']');
            inner.array = null;
        }
    }

    private static boolean isNothing(final Field field, final ProtoReader reader) {
        return switch (field.kind()) {
            case MESSAGE -> false;
            case TEXT, BYTES -> reader.length() == 0;
            default -> reader.number() == 0;
        };
    }

    private void value(final Field field) {
        switch (field.kind()) {
            case INT64 -> out.put('"').putSigned(reader.number()).put('"');
            case UINT64 -> out.put('"').put(Long.toUnsignedString(reader.number())).put('"');
            case UINT32 -> out.putSigned(reader.number());
            case BOOL -> out.put(reader.flag() ? "true" : "false");
            case ENUM -> enumeration(field, reader.number());
            case TEXT -> json.string(reader.buffer(), reader.offset(), reader.length());
            case BYTES -> base64();
            case MESSAGE -> out.put("{}");
        }
    }

    private void enumeration(final Field field, final long number) {
        if (number >= 0 && number < field.names().size()) {
            out.put('"').put(field.names().get((int) number)).put('"');
        } else {
            out.putSigned(number);
        }
    }

    private void base64() {
        final byte[] bytes = new byte[reader.length()];
        reader.buffer().getBytes(reader.offset(), bytes);
        out.put('"').put(BASE64.encode(bytes)).put('"');
    }
}
