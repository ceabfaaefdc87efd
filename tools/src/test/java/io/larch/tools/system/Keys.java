package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The keys of one server, as a test asks for them. */
final class Keys {
    private static final long WAIT_LIMIT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final int WATCH_LIMIT_MS = 30_000;

    private final URI url;

    Keys(final ServerProcess server) {
        this(server.url());
    }

    Keys(final URI url) {
        this.url = url;
    }

    HttpReply put(final String keyAndQuery, final String form) throws IOException {
        return HttpConnection.exchange(url, "PUT", "/v2/keys" + keyAndQuery, form);
    }

    HttpReply get(final String keyAndQuery) throws IOException {
        return HttpConnection.exchange(url, "GET", "/v2/keys" + keyAndQuery, null);
    }

    HttpReply post(final String keyAndQuery, final String form) throws IOException {
        return HttpConnection.exchange(url, "POST", "/v2/keys" + keyAndQuery, form);
    }

    /** Status of /health. */
    int health() throws IOException {
        return HttpConnection.exchange(url, "GET", "/health", null).status();
    }

    /** Ask until a condition holds. */
    void await(final String what, final Condition condition) throws IOException {
        final long deadlineNs = System.nanoTime() + WAIT_LIMIT_NS;
        while (!condition.holds()) {
            assertTrue(System.nanoTime() - deadlineNs < 0, what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** Something that a server is asked. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws IOException;
    }

    HttpReply delete(final String keyAndQuery) throws IOException {
        return HttpConnection.exchange(url, "DELETE", "/v2/keys" + keyAndQuery, null);
    }

    /** The store's index, from a write that succeeded. */
    long indexOfPut(final String keyAndQuery, final String form) throws IOException {
        final HttpReply reply = put(keyAndQuery, form);
        assertTrue(reply.status() < 300, reply::toString);
        return reply.longHeader("X-Etcd-Index");
    }

    /**
     * A watch whose reply head has arrived: events from now on will reach it. The query comes
     * without wait=true.
     */
    HttpConnection watch(final String key, final String query) throws IOException {
        return watch(new HttpConnection(url, WATCH_LIMIT_MS), key, query);
    }

    /** A watch whose client has next to no room for what it does not read. */
    HttpConnection watchWithoutRoom(final String key, final String query) throws IOException {
        return watch(new HttpConnection(url, WATCH_LIMIT_MS, 4096), key, query);
    }

    private static HttpConnection watch(
            final HttpConnection connection, final String key, final String query)
            throws IOException {
        connection.sendRequest("GET", "/v2/keys" + key + "?wait=true" + query, null, Map.of());
        final HttpReply head = connection.readHead();
        assertTrue(head.status() == 200 && head.isChunked(), head::toString);
        return connection;
    }

    /** Wait until the server counts so many watchers. */
    void awaitWatchers(final long count) throws IOException {
        final long deadlineNs = System.nanoTime() + WAIT_LIMIT_NS;
        while (watchers() != count) {
            assertTrue(
                    System.nanoTime() - deadlineNs < 0,
                    "watchers: " + count + " expected, " + watchers() + " found");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** A figure of /metrics that stands without labels. */
    double metric(final String name) throws IOException {
        for (final String line :
                HttpConnection.exchange(url, "GET", "/metrics", null).text().split("\n")) {
            if (line.startsWith(name + ' ')) {
                return Double.parseDouble(line.substring(name.length() + 1));
            }
        }
        throw new AssertionError("no " + name + " in /metrics");
    }

    private long watchers() throws IOException {
        final String stats = HttpConnection.exchange(url, "GET", "/v2/stats/store", null).text();
        return (long) JsonTree.at(JsonTree.parse(stats), "watchers");
    }
}
