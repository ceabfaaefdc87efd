package io.larch.tools.conformance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as maps, lists, strings, longs and booleans, for tests that look into a reply. */
public final class JsonTree {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonTree() {}

    /** Parse one JSON document. */
    public static Object parse(final String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            parser.nextToken();
            return value(parser);
        } catch (final IOException e) {
            throw new IllegalArgumentException("not JSON: " + text, e);
        }
    }

    /** Follow field names down from a parsed document; null when one is missing. */
    public static Object at(final Object document, final String... names) {
        Object value = document;
        for (final String name : names) {
            value = value instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return value;
    }

    /**
     * The document with each list of nodes ordered by key, since an unsorted listing comes in any
     * order.
     */
    public static Object withSortedNodes(final Object document) {
        if (document instanceof Map<?, ?> map) {
            final Map<String, Object> sorted = new LinkedHashMap<>();
            map.forEach((name, value) -> sorted.put((String) name, withSortedNodes(value)));
            return sorted;
        }
        if (document instanceof List<?> list) {
            final List<Object> sorted = new ArrayList<>();
            list.forEach(element -> sorted.add(withSortedNodes(element)));
            sorted.sort(Comparator.comparing(element -> String.valueOf(at(element, "key"))));
            return sorted;
        }
        return document;
    }

    private static Object value(final JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            default -> null;
        };
    }

    private static Map<String, Object> object(final JsonParser parser) throws IOException {
        final Map<String, Object> map = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            final String name = parser.currentName();
            parser.nextToken();
            map.put(name, value(parser));
        }
        return map;
    }

    private static List<Object> array(final JsonParser parser) throws IOException {
        final List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(value(parser));
        }
        return list;
    }
}
