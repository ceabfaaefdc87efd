package io.larch.tools.system;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Writes new keys and counts up one key until the server goes away, and remembers what was
 * acknowledged.
 *
 * <p>Runs on a thread of its own; it may be asked only when that thread has ended.
 */
final class CrashWriter {
    private final URI url;
    private final int number;
    private final Map<String, Long> acknowledged = new HashMap<>();
    private final Set<String> unanswered = new HashSet<>();
    private int nextKey;
    private long counter;
    private long sentCounter;

    CrashWriter(final URI url, final int number) {
        this.url = url;
        this.number = number;
    }

    void run(final AckCount count) {
        try (HttpConnection connection = new HttpConnection(url, 10_000)) {
            while (true) {
                writeKey(connection);
                count.increment();
                writeCounter(connection);
                count.increment();
            }
        } catch (final IOException expectedWhenKilled) {
            Thread.yield();
        }
    }

    String directory() {
        return "/crash/" + number;
    }

    String counterKey() {
        return "/counter/" + number;
    }

    Map<String, Long> acknowledged() {
        return acknowledged;
    }

    boolean isUnanswered(final String key) {
        return unanswered.contains(key);
    }

    long counter() {
        return counter;
    }

    long sentCounter() {
        return sentCounter;
    }

    /** What a key is given as its value: of a length that varies, and different for each key. */
    static String valueOf(final String key) {
        return (key + ".").repeat(1 + Math.floorMod(key.hashCode(), 40));
    }

    private void writeKey(final HttpConnection connection) throws IOException {
        final String key = directory() + "/" + nextKey++;
        unanswered.add(key);
        final HttpReply reply = put(connection, key, valueOf(key));
        unanswered.remove(key);
        acknowledged.put(key, reply.longHeader("X-Etcd-Index"));
    }

    private void writeCounter(final HttpConnection connection) throws IOException {
        sentCounter++;
        put(connection, counterKey(), Long.toString(sentCounter));
        counter = sentCounter;
    }

    private static HttpReply put(
            final HttpConnection connection, final String key, final String value)
            throws IOException {
        connection.sendRequest("PUT", "/v2/keys" + key, "value=" + value, Map.of());
        final HttpReply reply = connection.readReply(false);
        if (reply.status() != 201 && reply.status() != 200) {
            throw new IOException("refused: " + reply);
        }
        return reply;
    }
}
