package io.larch.tools.etcd;

import io.larch.tools.client.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What is known of each key and directory, as lines by their paths, so that two can be compared.
 */
public final class Listing {
    private Listing() {}

    /** Of an answer of etcd to a recursive read; hidden names are not in it. */
    public static Map<String, String> of(final String answer) throws IOException {
        final Map<String, String> lines = new TreeMap<>();
        add(Json.object(Json.object(Json.parse(answer)).get("node")), lines);
        return lines;
    }

    private static void add(final Map<String, Object> node, final Map<String, String> lines)
            throws IOException {
        final String key = Objects.toString(node.get("key"), "");
        if (!key.isEmpty()) {
            lines.put(
                    key,
                    line(
                            node.get("dir") == null ? (String) node.get("value") : null,
                            node.get("expiration") == null
                                    ? null
                                    : Instant.parse((String) node.get("expiration")),
                            Json.unsigned(node.get("modifiedIndex")),
                            Json.unsigned(node.get("createdIndex"))));
        }
        for (final Object child : Json.list(node.get("nodes"))) {
            add(Json.object(child), lines);
        }
    }

    /** Of all keys of clients that a store has. */
    public static Map<String, String> of(final StoredTree tree) {
        final Map<String, String> lines = new TreeMap<>();
        add("", tree.find(StoredTree.KEYS), lines);
        return lines;
    }

    private static void add(
            final String path, final StoredNode node, final Map<String, String> lines) {
        if (!path.isEmpty()) {
            lines.put(
                    path,
                    line(
                            node.isDirectory() ? null : RawText.text(node.value()),
                            node.expirationNanos() == StoredNode.NEVER
                                    ? null
                                    : instant(node.expirationNanos()),
                            node.modifiedIndex(),
                            node.createdIndex()));
        }
        if (node.isDirectory()) {
            node.children().forEach(c -> add(path + '/' + RawText.text(c.name()), c, lines));
        }
    }

    private static Instant instant(final long nanos) {
        final long second = TimeUnit.SECONDS.toNanos(1);
        return Instant.ofEpochSecond(nanos / second, nanos % second);
    }

    private static String line(
            final String value, final Instant expiration, final long modified, final long created) {
        return "%s expires %s modified %d created %d"
                .formatted(
                        value == null ? "directory" : '"' + value + '"',
                        expiration,
                        modified,
                        created);
    }
}
