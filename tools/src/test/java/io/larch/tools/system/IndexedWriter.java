package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;

/**
 * Writes keys that are there all over a store, one after the other, and remembers at which index
 * each was written. The writes go on from a thread of its own until it is closed; each must be
 * acknowledged.
 */
final class IndexedWriter implements AutoCloseable {
    /** Prime, so that it comes by all keys. */
    private static final int STEP = 100_003;

    private static final int ANSWER_LIMIT_MS = 30_000;

    private final URI url;
    private final int keys;
    private final IntFunction<String> key;
    private final String value;
    private final Thread thread = new Thread(this::run, "writer");
    private final AtomicBoolean isStopped = new AtomicBoolean();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Map<Long, String> writes = new ConcurrentHashMap<>();

    /** Starts to write keys of so many, by their numbers from 0. */
    IndexedWriter(
            final URI url, final int keys, final IntFunction<String> key, final String value) {
        this.url = url;
        this.keys = keys;
        this.key = key;
        this.value = value;
        thread.start();
    }

    private void run() {
        try (HttpConnection connection = new HttpConnection(url, ANSWER_LIMIT_MS)) {
            for (long number = 0; !isStopped.get(); number += STEP) {
                final String next = key.apply((int) (number % keys));
                connection.sendRequest("PUT", "/v2/keys" + next, "value=" + value, Map.of());
                final HttpReply reply = connection.readReply(false);
                assertEquals(200, reply.status(), reply::toString);
                writes.put(reply.longHeader("X-Etcd-Index"), next);
                acknowledged.incrementAndGet();
            }
        } catch (final IOException | AssertionError e) {
            failure.set(e);
        }
    }

    /** How many writes are acknowledged. */
    int acknowledged() {
        return acknowledged.get();
    }

    /** Waits until so many writes are acknowledged. */
    void await(final int count) {
        LarchCluster.await(
                "write " + count, () -> failure.get() != null || acknowledged() >= count);
        assertEquals(null, failure.get());
    }

    /** Waits until all is remembered that has been written so far. */
    void awaitOneMore() {
        await(acknowledged() + 1);
    }

    /** The index of the last write of each key. */
    Map<String, Long> writtenUpTo(final long index) {
        final Map<String, Long> last = new HashMap<>();
        writes.forEach(
                (at, written) -> {
                    if (at <= index) {
                        last.merge(written, at, Math::max);
                    }
                });
        return last;
    }

    @Override
    public void close() {
        isStopped.set(true);
        LarchCluster.await("the end of the writer", () -> !thread.isAlive());
        assertEquals(null, failure.get());
    }
}
