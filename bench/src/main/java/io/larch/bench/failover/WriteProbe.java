package io.larch.bench.failover;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes by the clock, whether or not earlier writes are answered, so that nothing is hidden by a
 * client that waits.
 */
final class WriteProbe {
    /** Longer than the members' own time-out. */
    private static final Duration LIMIT = Duration.ofSeconds(15);

    /** One write: when it was sent and answered, and whether it was done. */
    record Write(long sentNanos, long answeredNanos, boolean isDone) {}

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Queue<Write> writes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private long count;

    void send(final String clientUrl) {
        final HttpRequest put =
                HttpRequest.newBuilder(URI.create(clientUrl + "/v2/keys/probe/" + count++ % 1000))
                        .timeout(LIMIT)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .PUT(HttpRequest.BodyPublishers.ofString("value=x"))
                        .build();
        final long sentNanos = System.nanoTime();
        inFlight.incrementAndGet();
        http.sendAsync(put, HttpResponse.BodyHandlers.discarding())
                .whenComplete(
                        (response, failure) -> {
                            final boolean isDone = failure == null && response.statusCode() < 300;
                            writes.add(new Write(sentNanos, System.nanoTime(), isDone));
                            inFlight.decrementAndGet();
                        });
    }

    /** Whether a write that was sent after this moment is done. */
    boolean isDoneSince(final long nanos) {
        return writes.stream().anyMatch(w -> w.isDone() && w.sentNanos() - nanos > 0);
    }

    int inFlight() {
        return inFlight.get();
    }

    Queue<Write> writes() {
        return writes;
    }
}
