package io.larch.http.go;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads fields of a small JSON body, as leniently as Go's decoder: names in any case. What is wrong
 * is said in Go's words.
 */
public final class JsonFields {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonFields() {}

    /** What a Go program would read a body into. */
    public enum Shape {
        PEER_URLS("peerURLs", "[]string", "struct { PeerURLs []string \"json:\\\"peerURLs\\\"\" }"),
        LEVEL("level", "string", "struct { Level string }");

        private final String field;
        private final String fieldType;
        private final String goType;

        Shape(final String field, final String fieldType, final String goType) {
            this.field = field;
            this.fieldType = fieldType;
            this.goType = goType;
        }
    }

    /**
     * The value of the one field of an object in the first {@code length} bytes: a {@code String},
     * a {@code List} of them, or null if it is absent or null. Of a repeated field the last counts.
     * Other fields are skipped.
     */
    public static Object read(final byte[] text, final int length, final Shape shape)
            throws GoException {
        checkSyntax(text, length);
        try (JsonParser parser = FACTORY.createParser(text, 0, length)) {
            return readObject(parser, shape);
        } catch (final IOException e) {
            throw new GoException("invalid JSON: " + firstLine(e));
        }
    }

    /**
     * The fields of an object that are numbers, by their names; others are skipped.
     *
     * @throws GoException if the text is no JSON object.
     */
    public static Map<String, Double> readNumbers(final byte[] text, final int length)
            throws GoException {
        checkSyntax(text, length);
        final Map<String, Double> numbers = new TreeMap<>();
        try (JsonParser parser = FACTORY.createParser(text, 0, length)) {
            final JsonToken start = parser.nextToken();
            if (start == JsonToken.VALUE_NULL) {
                return numbers;
            }
            if (start != JsonToken.START_OBJECT) {
                throw cannot(start, "value of type map[string]interface {}");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                final String name = parser.currentName();
                if (parser.nextToken().isNumeric()) {
                    numbers.put(name, parser.getDoubleValue());
                } else {
                    parser.skipChildren();
                }
            }
            return numbers;
        } catch (final IOException e) {
            throw new GoException("invalid JSON: " + firstLine(e));
        }
    }

    private static void checkSyntax(final byte[] text, final int length) throws GoException {
        final String error = GoJson.errorOf(text, length);
        if (error != null) {
            throw new GoException(error);
        }
    }

    private static Object readObject(final JsonParser parser, final Shape shape)
            throws IOException, GoException {
        final JsonToken start = parser.nextToken();
        if (start == JsonToken.VALUE_NULL) {
            return null;
        }
        if (start != JsonToken.START_OBJECT) {
            throw cannot(start, "value of type " + shape.goType);
        }
        Object value = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            final boolean isWanted = shape.field.equalsIgnoreCase(parser.currentName());
            final JsonToken token = parser.nextToken();
            if (isWanted) {
                value = readValue(parser, token, shape);
            } else {
                parser.skipChildren();
            }
        }
        return value;
    }

    private static Object readValue(
            final JsonParser parser, final JsonToken token, final Shape shape)
            throws IOException, GoException {
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        final boolean isList = shape.fieldType.startsWith("[");
        if (token != (isList ? JsonToken.START_ARRAY : JsonToken.VALUE_STRING)) {
            throw cannot(token, "struct field ." + shape.field + " of type " + shape.fieldType);
        }
        return isList ? readTexts(parser, shape) : parser.getText();
    }

    private static List<String> readTexts(final JsonParser parser, final Shape shape)
            throws IOException, GoException {
        final List<String> texts = new ArrayList<>();
        JsonToken element = parser.nextToken();
        while (element != JsonToken.END_ARRAY) {
            if (element != JsonToken.VALUE_STRING && element != JsonToken.VALUE_NULL) {
                throw cannot(element, "struct field ." + shape.field + " of type string");
            }
            texts.add(element == JsonToken.VALUE_NULL ? "" : parser.getText());
            element = parser.nextToken();
        }
        return texts;
    }

    private static GoException cannot(final JsonToken token, final String target) {
        final String kind =
                switch (token) {
                    case START_OBJECT -> "object";
                    case START_ARRAY -> "array";
                    case VALUE_STRING -> "string";
                    case VALUE_TRUE, VALUE_FALSE -> "bool";
                    default -> "number";
                };
        return new GoException("json: cannot unmarshal " + kind + " into Go " + target);
    }

    private static String firstLine(final IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
