package io.larch.http.v3.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.larch.engine.codec.kv.ProtoWriter;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Turns the JSON of a request into protobuf, as protobuf's JSON mapping says: 64-bit numbers as
 * texts or numbers, bytes in base64, enumerations by name or number, names with underscores or
 * without, null as nothing. Fields that the message does not have are passed over, as in etcd.
 *
 * <p>One event loop's; used again for each request.
 */
public final class JsonRequest {
    private static final int MAX_DEPTH = 100;
    private static final int LONGEST_HEAD = 10;

    /** Characters of a number of 64 bits. */
    private static final int LONGEST_NUMBER = 20;

    private static final BigInteger MAX_UNSIGNED = BigInteger.ONE.shiftLeft(64);
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    private final ExpandableArrayBuffer message = new ExpandableArrayBuffer(1024);
    private JsonParser parser;

    /** Takes each message of a body. Its bytes are valid during the call. */
    @FunctionalInterface
    public interface Consumer {
        void onMessage(DirectBuffer buffer, int offset, int length);
    }

    /**
     * Reads a body, which holds one message or, for a stream, any number one behind the other.
     *
     * @throws JsonException if it is not the JSON of such messages; those in front of it were told.
     */
    public void read(
            final byte[] body,
            final int offset,
            final int length,
            final MessageType type,
            final Consumer consumer)
            throws JsonException {
        try (JsonParser json = JSON.createParser(body, offset, length)) {
            parser = json;
            JsonToken token = json.nextToken();
            while (token != null) {
                if (token != JsonToken.START_OBJECT) {
                    throw mismatch("an object");
                }
                consumer.onMessage(message, 0, message(type, 0));
                token = json.nextToken();
            }
        } catch (final IOException e) {
            throw new JsonException("invalid JSON: " + firstLine(e.getMessage()));
        } finally {
            parser = null;
        }
    }

    private static String firstLine(final String text) {
        final int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }

    /** Writes the object that the parser has begun, and returns its end. */
    private int message(final MessageType type, final int offset)
            throws IOException, JsonException {
        int at = offset;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            final Field field = type.field(parser.currentName());
            final JsonToken value = parser.nextToken();
            if (field == null) {
                parser.skipChildren();
            } else if (value != JsonToken.VALUE_NULL) {
                at = field.isRepeated() ? array(field, at) : value(field, at, false);
            }
        }
        return at;
    }

    private int array(final Field field, final int offset) throws IOException, JsonException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw mismatch(field, "an array");
        }
        int at = offset;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            at = value(field, at, true);
        }
        return at;
    }

    private int value(final Field field, final int offset, final boolean isElement)
            throws IOException, JsonException {
        return switch (field.kind()) {
            case INT64 -> number(field, offset, integer(field, false), isElement);
            case UINT64, UINT32 -> number(field, offset, integer(field, true), isElement);
            case BOOL -> number(field, offset, flag(field) ? 1 : 0, isElement);
            case ENUM -> number(field, offset, enumeration(field), isElement);
            case TEXT ->
                    bytes(field, offset, text(field).getBytes(StandardCharsets.UTF_8), isElement);
            case BYTES -> bytes(field, offset, base64(field), isElement);
            case MESSAGE -> nested(field, offset);
        };
    }

    private int number(
            final Field field, final int offset, final long value, final boolean isElement) {
        if (value == 0 && isElement) {
            final int at = ProtoWriter.varint(message, offset, (long) field.number() << 3);
            return ProtoWriter.varint(message, at, 0);
        }
        return ProtoWriter.number(message, offset, field.number(), value);
    }

    private int bytes(
            final Field field, final int offset, final byte[] value, final boolean isElement) {
        final UnsafeBuffer source = new UnsafeBuffer(value);
        return isElement
                ? ProtoWriter.element(message, offset, field.number(), source, 0, value.length)
                : ProtoWriter.bytes(message, offset, field.number(), source, 0, value.length);
    }

    /** Leaves room for what stands in front of it, then moves it there. */
    private int nested(final Field field, final int offset) throws IOException, JsonException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw mismatch(field, "an object");
        }
        final int start = offset + LONGEST_HEAD;
        final int length = message(field.message(), start) - start;
        final int at = ProtoWriter.head(message, offset, field.number(), length);
        message.putBytes(at, message, start, length);
        return at + length;
    }

    private long integer(final Field field, final boolean isUnsigned)
            throws IOException, JsonException {
        final JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_STRING && token != JsonToken.VALUE_NUMBER_INT) {
            throw mismatch(field, "a number");
        }
        if (parser.getTextLength() > LONGEST_NUMBER) {
            // Parsing takes a time that grows with the square of the length.
            throw mismatch(field, "a number of its range");
        }
        try {
            final BigInteger value = new BigInteger(parser.getText());
            final boolean fits =
                    isUnsigned
                            ? value.signum() >= 0 && value.compareTo(MAX_UNSIGNED) < 0
                            : value.bitLength() < Long.SIZE;
            if (!fits) {
                throw mismatch(field, "a number of its range");
            }
            return value.longValue();
        } catch (final NumberFormatException e) {
            throw mismatch(field, "a number");
        }
    }

    private boolean flag(final Field field) throws JsonException {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw mismatch(field, "true or false");
        };
    }

    private long enumeration(final Field field) throws IOException, JsonException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            final int number = field.names().indexOf(parser.getText());
            if (number < 0) {
                throw mismatch(field, "one of " + String.join(", ", field.names()));
            }
            return number;
        }
        return integer(field, false);
    }

    private String text(final Field field) throws IOException, JsonException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw mismatch(field, "a text");
        }
        return parser.getText();
    }

    private byte[] base64(final Field field) throws IOException, JsonException {
        final String text = text(field);
        try {
            return Base64.getDecoder().decode(text);
        } catch (final IllegalArgumentException e) {
            throw mismatch(field, "base64");
        }
    }

    private static JsonException mismatch(final Field field, final String wanted) {
        return new JsonException("field " + field.name() + " must be " + wanted);
    }

    private static JsonException mismatch(final String wanted) {
        return new JsonException("the request must be " + wanted);
    }
}
