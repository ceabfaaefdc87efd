package io.larch.tools.conformance;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints a {@link JsonTree} in one fixed way, so that two of them can be compared as text. */
final class JsonText {
    private JsonText() {}

    static String of(final Object document) {
        if (document instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(field -> quote(field.getKey()) + ":" + of(field.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (document instanceof List<?> list) {
            return list.stream().map(JsonText::of).collect(Collectors.joining(",", "[", "]"));
        }
        return document instanceof String ? quote(document) : String.valueOf(document);
    }

    private static String quote(final Object text) {
        return '"' + text.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
