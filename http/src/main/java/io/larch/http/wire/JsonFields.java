package io.larch.http.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads a field of a small JSON body, as leniently as Go's decoder: names in any case. */
public final class JsonFields {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonFields() {}

    /** The body is no JSON, or a field has another type; the message is for the client. */
    public static final class BadJsonException extends Exception {
        BadJsonException(final String message) {
            super(message);
        }
    }

    /**
     * The value of a field: a {@code String}, a {@code List} of them, or null if it is absent or
     * null. Of a repeated field the last counts. Other fields are skipped.
     */
    public static Object read(final HttpRequest request, final String name)
            throws BadJsonException {
        checkStart(request);
        try (JsonParser parser = FACTORY.createParser(request.body(), 0, request.bodyLength())) {
            final Object value = readObject(parser, name);
            if (parser.nextToken() != null) {
                throw new BadJsonException("invalid character after top-level value");
            }
            return value;
        } catch (final JsonEOFException e) {
            throw new BadJsonException("unexpected end of JSON input");
        } catch (final IOException e) {
            throw new BadJsonException("invalid JSON: " + firstLine(e));
        }
    }

    private static Object readObject(final JsonParser parser, final String name)
            throws IOException, BadJsonException {
        final JsonToken start = parser.nextToken();
        if (start == null) {
            throw new BadJsonException("unexpected end of JSON input");
        }
        if (start == JsonToken.VALUE_NULL) {
            return null;
        }
        if (start != JsonToken.START_OBJECT) {
            throw new BadJsonException("json: cannot unmarshal a value that is not an object");
        }
        Object value = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            final boolean isWanted = name.equalsIgnoreCase(parser.currentName());
            final JsonToken token = parser.nextToken();
            if (isWanted) {
                value = readValue(parser, token, name);
            } else {
                parser.skipChildren();
            }
        }
        return value;
    }

    private static Object readValue(
            final JsonParser parser, final JsonToken token, final String name)
            throws IOException, BadJsonException {
        switch (token) {
            case VALUE_NULL:
                return null;
            case VALUE_STRING:
                return parser.getText();
            case START_ARRAY:
                final List<String> texts = new ArrayList<>();
                JsonToken element = parser.nextToken();
                while (element != JsonToken.END_ARRAY) {
                    if (element != JsonToken.VALUE_STRING && element != JsonToken.VALUE_NULL) {
                        throw wrongType(name);
                    }
                    texts.add(element == JsonToken.VALUE_NULL ? "" : parser.getText());
                    element = parser.nextToken();
                }
                return texts;
            default:
                throw wrongType(name);
        }
    }

    private static BadJsonException wrongType(final String name) {
        return new BadJsonException("json: cannot unmarshal the value of field " + name);
    }

    /** Go names the first wrong byte; clients see it most when they send no JSON at all. */
    private static void checkStart(final HttpRequest request) throws BadJsonException {
        int at = 0;
        while (at < request.bodyLength() && " \t\r\n".indexOf(request.body()[at]) >= 0) {
            at++;
        }
        if (at == request.bodyLength()) {
            throw new BadJsonException("unexpected end of JSON input");
        }
        final char first = (char) (request.body()[at] & 0xFF);
        if ("{[\"-0123456789tfn".indexOf(first) < 0) {
            throw new BadJsonException(
                    "invalid character '" + first + "' looking for beginning of value");
        }
    }

    private static String firstLine(final IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
