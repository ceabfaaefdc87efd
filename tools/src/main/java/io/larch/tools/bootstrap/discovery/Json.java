package io.larch.tools.bootstrap.discovery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON of another server as plain objects: maps, lists, strings, BigInteger, Double, Boolean, null.
 * What has not the shape that is asked for is an IOException.
 */
public final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    /** Reads one value and nothing behind it. */
    public static Object parse(final String text) throws IOException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            parser.nextToken();
            final Object value = value(parser);
            if (parser.nextToken() != null) {
                throw new IOException("more than one JSON value");
            }
            return value;
        }
    }

    private static Object value(final JsonParser parser) throws IOException {
        final JsonToken token = parser.currentToken();
        if (token == null) {
            throw new IOException("unexpected end of JSON");
        }
        return switch (token) {
            case START_OBJECT -> fields(parser);
            case START_ARRAY -> elements(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getBigIntegerValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NULL -> null;
            default -> throw new IOException("unexpected JSON: " + token);
        };
    }

    private static Map<String, Object> fields(final JsonParser parser) throws IOException {
        final Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            final String name = parser.currentName();
            parser.nextToken();
            fields.put(name, value(parser));
        }
        return fields;
    }

    private static List<Object> elements(final JsonParser parser) throws IOException {
        final List<Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(parser));
        }
        return elements;
    }

    /** The value as an object. */
    public static Map<String, Object> object(final Object value) throws IOException {
        if (!(value instanceof Map<?, ?> map)) {
            throw new IOException("no JSON object: " + value);
        }
        final Map<String, Object> fields = new LinkedHashMap<>();
        map.forEach((name, field) -> fields.put((String) name, field));
        return fields;
    }

    /** The value as a list; null is an empty one, as Go prints it. */
    public static List<Object> list(final Object value) throws IOException {
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw new IOException("no JSON array: " + value);
        }
        return new ArrayList<>(list);
    }

    /** The value as a string. */
    public static String text(final Object value) throws IOException {
        if (!(value instanceof String text)) {
            throw new IOException("no JSON string: " + value);
        }
        return text;
    }

    /** The value as a list of strings. */
    public static List<String> texts(final Object value) throws IOException {
        final List<String> texts = new ArrayList<>();
        for (final Object element : list(value)) {
            texts.add(text(element));
        }
        return texts;
    }

    /** The value as a number that fits into 64 bits. */
    public static long number(final Object value) throws IOException {
        if (value instanceof java.math.BigInteger number && number.bitLength() < Long.SIZE) {
            return number.longValue();
        }
        throw new IOException("no JSON number: " + value);
    }
}
