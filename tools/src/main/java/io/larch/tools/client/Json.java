package io.larch.tools.client;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON of another server as plain objects: maps, lists, strings, numbers, Boolean, null. What has
 * not the shape that is asked for is an IOException.
 */
public final class Json {
    /** Of a name that comes twice the last counts, as in Go. */
    private static final JSON READER = JSON.std.without(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS);

    private Json() {}

    /** Reads one value and nothing behind it. */
    public static Object parse(final String text) throws IOException {
        try (JsonParser parser = READER.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new IOException("no JSON value");
            }
            final Object value = READER.anyFrom(parser);
            if (parser.nextToken() != null) {
                throw new IOException("more than one JSON value");
            }
            return value;
        }
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
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        throw new IOException("no JSON number: " + value);
    }

    /** The value as a number from 0 on that fits into 64 bits without a sign, in their order. */
    public static long unsigned(final Object value) throws IOException {
        if (value instanceof BigInteger number
                && number.signum() >= 0
                && number.bitLength() <= Long.SIZE) {
            return number.longValue();
        }
        final long number = number(value);
        if (number < 0) {
            throw new IOException("a JSON number below 0: " + value);
        }
        return number;
    }
}
