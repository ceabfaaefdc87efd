package io.larch.http.v3.gateway;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
import java.util.Base64;
import org.agrona.DirectBuffer;

/**
 * Prints protobuf as the JSON of etcd's gateway: names with underscores, 64-bit numbers as texts,
 * bytes in base64, enumerations by name. What is zero or empty is left out, unless it is one of
 * many or a message.
 *
 * <p>A message may come in pieces: whole fields of it are printed as they are complete, and what is
 * not is asked for again.
 *
 * <p>One event loop's; used again for each message.
 */
public final class JsonResponse {
    private static final Base64.Encoder BASE64 = Base64.getEncoder();

    private final ProtoReader top = new ProtoReader();
    private final JsonWriter json;
    private final ByteWriter out;
    private final MessageType type;

    /** Of the message: the array that is open; null when none is. */
    private Field open;

    private boolean isBegun;
    private boolean isEmpty;

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
     * @return bytes that were of complete fields: what follows them belongs to the next call.
     */
    public int print(final DirectBuffer buffer, final int offset, final int length) {
        begin();
        final int whole = wholeFields(buffer, offset, length);
        top.wrap(buffer, offset, whole);
        while (top.next()) {
            final Field field = shown(type, top);
            if (field != null) {
                open = field(field, top, open, isEmpty);
                isEmpty = false;
            }
        }
        return whole;
    }

    /** The message is complete. */
    public void end() {
        begin();
        closeArray(open);
        open = null;
        out.put('}');
        isBegun = false;
    }

    private void begin() {
        if (!isBegun) {
            isBegun = true;
            isEmpty = true;
            out.put('{');
        }
    }

    /** How many bytes from the start are complete fields. */
    private int wholeFields(final DirectBuffer buffer, final int offset, final int length) {
        top.wrap(buffer, offset, length);
        int whole = 0;
        while (top.next()) {
            whole = top.position() - offset;
        }
        return whole;
    }

    private void message(final MessageType of, final ProtoReader reader) {
        out.put('{');
        Field array = null;
        boolean isFirst = true;
        while (reader.next()) {
            final Field field = shown(of, reader);
            if (field != null) {
                array = field(field, reader, array, isFirst);
                isFirst = false;
            }
        }
        closeArray(array);
        out.put('}');
    }

    /** The field that the reader is at; null when it is not to be seen. */
    private static Field shown(final MessageType of, final ProtoReader reader) {
        final Field field = of.field(reader.field());
        return field == null || !field.isRepeated() && isNothing(field, reader) ? null : field;
    }

    /** Prints a field, and returns the array that is open behind it. */
    private Field field(
            final Field field, final ProtoReader reader, final Field array, final boolean isFirst) {
        if (field == array) {
            out.put(',');
            value(field, reader);
            return array;
        }
        closeArray(array);
        if (!isFirst) {
            out.put(',');
        }
        out.put('"').put(field.name()).put("\":");
        if (field.isRepeated()) {
            out.put('[');
        }
        value(field, reader);
        return field.isRepeated() ? field : null;
    }

    private void closeArray(final Field array) {
        if (array != null) {
            out.put(']');
        }
    }

    private static boolean isNothing(final Field field, final ProtoReader reader) {
        return switch (field.kind()) {
            case MESSAGE -> false;
            case TEXT, BYTES -> reader.length() == 0;
            default -> reader.number() == 0;
        };
    }

    private void value(final Field field, final ProtoReader reader) {
        switch (field.kind()) {
            case INT64 -> out.put('"').putSigned(reader.number()).put('"');
            case UINT64 -> out.put('"').put(Long.toUnsignedString(reader.number())).put('"');
            case UINT32 -> out.putSigned(reader.number());
            case BOOL -> out.put(reader.flag() ? "true" : "false");
            case ENUM -> enumeration(field, reader.number());
            case TEXT -> json.string(reader.buffer(), reader.offset(), reader.length());
            case BYTES -> base64(reader);
            case MESSAGE -> message(field.message(), new ProtoReader().wrap(reader));
        }
    }

    private void enumeration(final Field field, final long number) {
        if (number >= 0 && number < field.names().size()) {
            out.put('"').put(field.names().get((int) number)).put('"');
        } else {
            out.putSigned(number);
        }
    }

    private void base64(final ProtoReader reader) {
        final byte[] bytes = new byte[reader.length()];
        reader.buffer().getBytes(reader.offset(), bytes);
        out.put('"').put(BASE64.encode(bytes)).put('"');
    }
}
