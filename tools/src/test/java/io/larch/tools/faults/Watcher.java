package io.larch.tools.faults;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Watches all that the writers do, by one stream as long as it lasts or by one request an event,
 * and goes on behind the last event it has seen. Only when a member says that this much history is
 * gone (401) does it go on with what comes next, and notes the gap.
 */
final class Watcher extends Client {
    private final boolean isStream;
    private final List<Span> spans = new ArrayList<>();
    private Span span;
    private volatile long seenIndex;
    private long nextIndex;

    /**
     * A part of the history that the watcher has seen without being told of a gap.
     *
     * @param firstIndex where it began to watch.
     */
    record Span(long firstIndex, List<Event> events) {
        /** Up to here it has missed nothing. */
        long lastIndex() {
            return events.isEmpty() ? firstIndex - 1 : events.get(events.size() - 1).index();
        }
    }

    /**
     * All that one watcher has seen.
     *
     * @param spans in order; behind each but the last it was told that something is gone.
     */
    record Seen(String watcher, List<Span> spans) {}

    Watcher(
            final boolean isStream,
            final long firstIndex,
            final Journal journal,
            final Target target) {
        super(journal, target, 0);
        this.isStream = isStream;
        begin(firstIndex);
    }

    private void begin(final long firstIndex) {
        nextIndex = firstIndex;
        span = new Span(firstIndex, new ArrayList<>());
        spans.add(span);
    }

    @Override
    void step() throws IOException {
        final HttpConnection connection = connect();
        connection.sendRequest(
                "GET",
                "/v2/keys"
                        + Load.DIRECTORY
                        + "?wait=true&recursive=true&waitIndex="
                        + nextIndex
                        + (isStream ? "&stream=true" : ""),
                null,
                Map.of());
        final HttpReply head = connection.readHead();
        if (head.status() == 400) {
            historyIsGone(head, connection);
        } else if (head.status() != 200 || !head.isChunked()) {
            refused(connection.readBodyOf(head));
        } else {
            for (String chunk = connection.readChunk();
                    chunk != null;
                    chunk = connection.readChunk()) {
                chunk.lines().forEach(this::onEvent);
            }
        }
        if (isStream) {
            throw new IOException("end of stream");
        }
    }

    /** A member that stood still may find that the watch's time to begin is over. */
    private void refused(final HttpReply reply) throws IOException {
        if (reply.status() != 500 || !reply.text().contains(Writer.TIMED_OUT)) {
            journal.anomaly(this + " was answered by " + reply);
        }
        throw new IOException("no watch: " + reply);
    }

    private void historyIsGone(final HttpReply head, final HttpConnection connection)
            throws IOException {
        final String text = connection.readBodyOf(head).text();
        if (!Long.valueOf(401).equals(JsonTree.at(JsonTree.parse(text), "errorCode"))) {
            journal.anomaly(this + " was answered by " + text);
        }
        begin(head.longHeader("X-Etcd-Index") + 1);
    }

    private void onEvent(final String line) {
        final Event event = Event.parse(line);
        if (event.index() < nextIndex) {
            journal.anomaly(this + " waited for " + nextIndex + " and got " + line);
        }
        span.events().add(event);
        nextIndex = event.index() + 1;
        seenIndex = event.index();
    }

    /** Index of the last event; may be asked by any thread. */
    long seenIndex() {
        return seenIndex;
    }

    /** What it has seen; only when its thread has ended. */
    Seen seen() {
        return new Seen(toString(), List.copyOf(spans));
    }
}
