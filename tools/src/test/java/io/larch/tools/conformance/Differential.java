package io.larch.tools.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Sends the same random requests to a reference server and to the one under test, both fresh, and
 * compares each reply.
 *
 * <p>Since every later reply depends on the tree that the earlier ones left, the first difference
 * ends the run.
 */
final class Differential {
    private static final int REMEMBERED_EVENTS = 1200;

    private final URI reference;
    private final URI tested;
    private final RandomRequests requests;
    private final List<KeyedEvent> events = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();

    /** Compare two servers that have both just been started, by requests made from the seed. */
    Differential(final URI reference, final URI tested, final long seed) {
        this.reference = reference;
        this.tested = tested;
        this.requests = new RandomRequests(seed);
    }

    /**
     * Run so many requests. Returns null when all replies agreed, or else the difference and what
     * led to it.
     */
    String run(final int count) throws IOException {
        for (int i = 0; i < count; i++) {
            final String difference = step();
            if (difference != null) {
                return "request "
                        + i
                        + "\n"
                        + String.join(
                                "\n", trace.subList(Math.max(0, trace.size() - 8), trace.size()))
                        + "\n"
                        + difference;
            }
        }
        return null;
    }

    private String step() throws IOException {
        if (!events.isEmpty() && requests.oneIn(25)) {
            return watchHistory();
        }
        return requests.oneIn(60) ? watchUntilFence() : exchange(requests.next());
    }

    private String exchange(final HttpRequest request) throws IOException {
        trace.add(request.toString());
        final CompletableFuture<HttpReply> other =
                CompletableFuture.supplyAsync(() -> sendToTested(request));
        final HttpReply expected = request.send(reference);
        final HttpReply actual;
        try {
            actual = other.join();
        } catch (final CompletionException e) {
            return "no reply: " + e.getCause() + "\nexpected: " + expected;
        }
        remember(request, expected);
        return compare(request, expected, actual);
    }

    private HttpReply sendToTested(final HttpRequest request) {
        try {
            return request.send(tested);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String compare(
            final HttpRequest request, final HttpReply expected, final HttpReply actual) {
        final List<String> differences =
                ReplyComparison.differences(request.expecting(expected), actual, 0);
        final String expectedLength = expected.header("Content-Length");
        if ("HEAD".equals(request.method())
                && expectedLength != null
                && !request.path().contains("ttl")
                && !hasSameLengthApartFromTimes(expectedLength, actual.header("Content-Length"))) {
            differences.add(
                    "Content-Length: expected "
                            + expectedLength
                            + " but was "
                            + actual.header("Content-Length"));
        }
        return differences.isEmpty() ? null : String.join("\n", differences);
    }

    /**
     * The digits of a time of expiration vary with its trailing zeros: at most nine and the point
     * for each node.
     */
    private static boolean hasSameLengthApartFromTimes(final String expected, final String actual) {
        return actual != null && Math.abs(Long.parseLong(expected) - Long.parseLong(actual)) <= 10;
    }

    private void remember(final HttpRequest request, final HttpReply reply) {
        final long index = reply.longHeader("X-Etcd-Index");
        if (index <= 0) {
            return;
        }
        requests.onStoreIndex(index);
        final boolean isEvent =
                reply.status() < 300
                        && !"GET".equals(request.method())
                        && !"HEAD".equals(request.method());
        // A refresh is in the history but matches no watch.
        if (isEvent
                && !request.toString().contains("refresh=")
                && reply.text().contains("\"key\":")) {
            final Object key = JsonTree.at(JsonTree.parse(reply.text()), "node", "key");
            if (key instanceof String text && text.matches("[/a-z0-9._-]+")) {
                events.add(new KeyedEvent(text, index));
                if (events.size() > REMEMBERED_EVENTS) {
                    events.remove(0);
                }
            }
        }
    }

    /**
     * A watch that starts in the past and so is answered at once, or told that the past is gone.
     */
    private String watchHistory() throws IOException {
        final KeyedEvent event = events.get(requests.below(events.size()));
        final boolean isRecursive = requests.oneIn(2);
        final String key = isRecursive && requests.oneIn(2) ? parent(event.key()) : event.key();
        final String query =
                "?wait=true&waitIndex=" + event.index() + (isRecursive ? "&recursive=true" : "");
        return exchange(new HttpRequest("GET", "/v2/keys" + key + query, null));
    }

    /**
     * A watch that may have to wait, followed by writes that end it: whatever was at the key goes,
     * then the key is written, more often than the watch may be ahead of the store.
     */
    private String watchUntilFence() throws IOException {
        final boolean isRecursive = requests.oneIn(2);
        final String key = isRecursive && requests.oneIn(10) ? "" : requests.plainKey();
        final String fence = key.isEmpty() ? "/fence" : key;
        final HttpRequest watch =
                new HttpRequest("GET", "/v2/keys" + key + watchQuery(isRecursive), null);
        trace.add(watch.toString());
        try (HttpConnection expecting = new HttpConnection(reference, 10_000);
                HttpConnection watching = new HttpConnection(tested, 10_000)) {
            expecting.sendRequest("GET", watch.path(), null, Map.of());
            watching.sendRequest("GET", watch.path(), null, Map.of());
            final HttpReply expectedHead = expecting.readHead();
            final HttpReply actualHead = watching.readHead();
            final String headDifference = compare(watch, expectedHead, actualHead);
            if (headDifference != null || expectedHead.status() != 200) {
                return headDifference;
            }
            final String fenceDifference = writeFence(fence);
            if (fenceDifference != null) {
                return fenceDifference;
            }
            final String expectedEvent = expecting.readChunk() + expecting.readChunk();
            final String actualEvent = watching.readChunk() + watching.readChunk();
            return Masks.mask(expectedEvent).equals(Masks.mask(actualEvent))
                    ? null
                    : "event: expected " + expectedEvent + "\n       but was " + actualEvent;
        }
    }

    private String watchQuery(final boolean isRecursive) {
        final StringBuilder query = new StringBuilder("?wait=true");
        if (isRecursive) {
            query.append("&recursive=true");
        }
        if (!requests.oneIn(3)) {
            final long newest = events.isEmpty() ? 4 : events.get(events.size() - 1).index();
            query.append("&waitIndex=").append(Math.max(1, newest + 2 - requests.below(30)));
        }
        return query.toString();
    }

    private String writeFence(final String key) throws IOException {
        final int end = key.indexOf('/', 1);
        final String top = end < 0 ? key : key.substring(0, end);
        final List<HttpRequest> writes =
                List.of(
                        new HttpRequest("DELETE", "/v2/keys" + top + "?recursive=true", null),
                        new HttpRequest("PUT", "/v2/keys" + key, "value=fence1"),
                        new HttpRequest("PUT", "/v2/keys" + key, "value=fence2"),
                        new HttpRequest("PUT", "/v2/keys" + key, "value=fence3"));
        for (final HttpRequest write : writes) {
            final String difference = exchange(write);
            if (difference != null) {
                return difference;
            }
        }
        return null;
    }

    private static String parent(final String key) {
        return key.substring(0, key.lastIndexOf('/'));
    }

    private record KeyedEvent(String key, long index) {}
}
