package io.larch.tools.ctl;

import io.larch.tools.client.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A key or a directory, as it was told.
 *
 * @param value empty when there is none.
 * @param nodes what is below; null: not told.
 * @param createdIndex without a sign, as is {@code modifiedIndex}.
 * @param expiration empty: none.
 * @param ttlSeconds 0: none.
 */
record Node(
        String key,
        boolean isDirectory,
        String value,
        List<Node> nodes,
        long createdIndex,
        long modifiedIndex,
        String expiration,
        long ttlSeconds) {

    /** Reads a node; null for null. */
    static Node of(final Object json) throws IOException {
        if (json == null) {
            return null;
        }
        final Map<String, Object> fields = Json.object(json);
        return new Node(
                text(fields, "key"),
                Boolean.TRUE.equals(fields.get("dir")),
                text(fields, "value"),
                nodes(fields.get("nodes")),
                index(fields, "createdIndex"),
                index(fields, "modifiedIndex"),
                text(fields, "expiration"),
                fields.get("ttl") == null ? 0 : Json.number(fields.get("ttl")));
    }

    private static List<Node> nodes(final Object json) throws IOException {
        if (json == null) {
            return null;
        }
        final List<Node> nodes = new ArrayList<>();
        for (final Object node : Json.list(json)) {
            nodes.add(of(node));
        }
        return nodes;
    }

    private static String text(final Map<String, Object> fields, final String name)
            throws IOException {
        return fields.get(name) == null ? "" : Json.text(fields.get(name));
    }

    private static long index(final Map<String, Object> fields, final String name)
            throws IOException {
        return fields.get(name) == null ? 0 : Json.unsigned(fields.get(name));
    }

    /** As etcdctl writes it, which is not as servers do. */
    String json() {
        final StringBuilder text = new StringBuilder("{\"key\":").append(GoText.json(key));
        if (isDirectory) {
            text.append(",\"dir\":true");
        }
        text.append(",\"value\":").append(GoText.json(value)).append(",\"nodes\":");
        if (nodes == null) {
            text.append("null");
        } else {
            text.append('[')
                    .append(String.join(",", nodes.stream().map(Node::json).toList()))
                    .append(']');
        }
        text.append(",\"createdIndex\":").append(Long.toUnsignedString(createdIndex));
        text.append(",\"modifiedIndex\":").append(Long.toUnsignedString(modifiedIndex));
        if (!expiration.isEmpty()) {
            text.append(",\"expiration\":").append(GoText.json(expiration));
        }
        if (ttlSeconds != 0) {
            text.append(",\"ttl\":").append(ttlSeconds);
        }
        return text.append('}').toString();
    }
}
