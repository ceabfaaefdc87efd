package io.larch.tools.v3.comparison;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A watch on a connection of its own. After it was created, its first key is written and deleted,
 * and the answer is all that the watch tells until then. How the server parts that into messages
 * does not count.
 */
final class FencedWatch implements Supplier<Answer> {
    private final HttpConnection stream;
    private final StringBuilder unread = new StringBuilder();
    private final Map<String, Object> told = new LinkedHashMap<>();
    private final List<Object> events = new ArrayList<>();

    /** The last revision that the answer tells of; 0 when the answer needs no event. */
    private long end;

    /**
     * Waits until it is created.
     *
     * @param stream that said 200; it is closed with the answer.
     * @param others the server's answers to other requests.
     */
    FencedWatch(final Request watch, final HttpConnection stream, final Server others) {
        this.stream = stream;
        told.put("events", events);
        final Object created = next();
        told.put("created", created);
        if (created != null && JsonTree.at(created, "canceled") == null) {
            final List<Answer> fences = fence(watch, others);
            told.put("fences", fences.stream().map(Answer::tree).toList());
            end = lastToldRevision(watch, fences);
        }
    }

    /** Waits for what it has to tell. */
    @Override
    public Answer get() {
        while (lastRevision() < end) {
            final Object message = next();
            if (message == null) {
                break;
            }
            if (JsonTree.at(message, "canceled") != null) {
                told.put("end", message);
                break;
            }
            if (JsonTree.at(message, "events") instanceof List<?> more) {
                events.addAll(more);
            }
        }
        // Later requests may have made more of them.
        events.removeIf(event -> revision(event) > end);
        close();
        return new Answer(200, told);
    }

    private void close() {
        try {
            stream.close();
        } catch (final IOException e) {
            told.put("broken", e.toString());
        }
    }

    /** The next message; null, and the reason told, when none comes. */
    private Object next() {
        try {
            final String line = nextLine();
            final Object tree = line == null ? "end of stream" : Gateway.tree(line);
            final Object result = JsonTree.at(tree, "result");
            if (result == null) {
                told.put("broken", tree);
            }
            return result;
        } catch (final IOException e) {
            told.put("broken", e.toString());
            return null;
        }
    }

    private String nextLine() throws IOException {
        int length = unread.indexOf("\n");
        while (length < 0) {
            final String chunk = stream.readChunk();
            if (chunk == null) {
                return null;
            }
            unread.append(chunk);
            length = unread.indexOf("\n");
        }
        final String line = unread.substring(0, length);
        unread.delete(0, length + 1);
        return line;
    }

    private static List<Answer> fence(final Request watch, final Server server) {
        final Object key = JsonTree.at(JsonTree.parse(watch.body()), "create_request", "key");
        final String start = key instanceof String text && !text.isEmpty() ? text : "AA==";
        return List.of(
                server.ask(new Request("kv/put", "{\"key\":\"" + start + "\",\"value\":\"ZQ==\"}"))
                        .get(),
                server.ask(new Request("kv/deleterange", "{\"key\":\"" + start + "\"}")).get());
    }

    /**
     * The newest revision that the watch tells of, as its filters leave one; 0 when it need not
     * tell any: a store without space takes no put.
     */
    private static long lastToldRevision(final Request watch, final List<Answer> fences) {
        final Answer put = fences.get(0);
        final Answer delete = fences.get(1);
        long end = 0;
        if (put.status() == 200 && !watch.body().contains("NOPUT")) {
            end = put.number("header", "revision");
        }
        if (delete.number("deleted") > 0 && !watch.body().contains("NODELETE")) {
            end = delete.number("header", "revision");
        }
        final Object start =
                JsonTree.at(JsonTree.parse(watch.body()), "create_request", "start_revision");
        return start instanceof String text && Long.parseLong(text) > end ? 0 : end;
    }

    private long lastRevision() {
        return events.isEmpty() ? 0 : revision(events.get(events.size() - 1));
    }

    private static long revision(final Object event) {
        return Long.parseLong((String) JsonTree.at(event, "kv", "mod_revision"));
    }
}
