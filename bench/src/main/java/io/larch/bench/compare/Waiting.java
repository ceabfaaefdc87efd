package io.larch.bench.compare;

import io.larch.tools.client.SimpleHttpClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Asks a server that starts until it answers. */
final class Waiting {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final long PAUSE_MS = 2;
    private static final long LIMIT_NS = TimeUnit.MINUTES.toNanos(5);

    private Waiting() {}

    /** Returns the seconds from a time of the clock until the first answer 200. */
    static double secondsUntil200(final String url, final long beginNs)
            throws IOException, InterruptedException {
        final SimpleHttpClient http = new SimpleHttpClient(TIMEOUT);
        final URI uri = URI.create(url);
        while (System.nanoTime() - beginNs < LIMIT_NS) {
            try {
                if (http.get(uri).isSuccess()) {
                    return (System.nanoTime() - beginNs) / 1e9;
                }
            } catch (final IOException e) {
                // Not there yet.
            }
            Thread.sleep(PAUSE_MS);
        }
        throw new IOException("no answer from " + url);
    }
}
