package io.larch.http.proxy;

import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client URLs of all members, each time they are told in another order, so that many proxies
 * spread over the members. One that failed is passed over for a while. Threadsafe.
 */
public final class Endpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Endpoints.class);

    private final LongSupplier monotonicNanos;
    private final long failureWaitNanos;
    private final RandomGenerator random;
    private volatile List<Endpoint> all = List.of();

    /**
     * @param monotonicNanos a clock that never goes back.
     * @param failureWaitMs how long one that failed is passed over.
     * @param random draws the order.
     */
    public Endpoints(
            final LongSupplier monotonicNanos,
            final long failureWaitMs,
            final RandomGenerator random) {
        this.monotonicNanos = monotonicNanos;
        this.failureWaitNanos = TimeUnit.MILLISECONDS.toNanos(failureWaitMs);
        this.random = random;
    }

    /**
     * Tells all that there are. Looks their hosts up, so it may take time; by one thread at a time.
     *
     * @param urls those that are none of a member are told to the log and left out.
     */
    public void replace(final List<String> urls) {
        final Map<String, Endpoint> known = new HashMap<>();
        all.forEach(endpoint -> known.put(endpoint.url(), endpoint));
        final List<Endpoint> next = new ArrayList<>();
        for (final String url : new HashSet<>(urls)) {
            try {
                final Endpoint endpoint =
                        known.containsKey(url) ? known.get(url) : new Endpoint(url);
                next.add(endpoint);
                endpoint.resolve();
            } catch (final IllegalArgumentException e) {
                LOG.warn("failed to parse endpoint {}: {}", url, e.getMessage());
            } catch (final UnknownHostException e) {
                LOG.warn("failed to look up endpoint {}: no such host", url);
            }
        }
        if (!known.keySet().equals(urlsOf(next))) {
            LOG.info(
                    "endpoints found [{}]",
                    next.stream()
                            .map(endpoint -> '"' + endpoint.url() + '"')
                            .sorted()
                            .collect(Collectors.joining(" ")));
        }
        next.sort((a, b) -> a.url().compareTo(b.url()));
        Collections.shuffle(next, new Random(random.nextLong()));
        all = List.copyOf(next);
    }

    private static Set<String> urlsOf(final List<Endpoint> endpoints) {
        return endpoints.stream().map(Endpoint::url).collect(Collectors.toSet());
    }

    /** Those that have not failed a short while ago, in the order in which they are to be tried. */
    List<Endpoint> available() {
        final long nowNanos = monotonicNanos.getAsLong();
        final List<Endpoint> current = all;
        for (final Endpoint endpoint : current) {
            if (!endpoint.isAvailable(nowNanos, failureWaitNanos)) {
                return current.stream()
                        .filter(each -> each.isAvailable(nowNanos, failureWaitNanos))
                        .toList();
            }
        }
        return current;
    }

    boolean contains(final Endpoint endpoint) {
        return all.contains(endpoint);
    }

    /** A request could not be passed on there. */
    void failed(final Endpoint endpoint, final Throwable cause) {
        LOG.info("failed to direct request to {}: {}", endpoint.url(), reason(cause));
        final long nowNanos = monotonicNanos.getAsLong();
        if (endpoint.isAvailable(nowNanos, failureWaitNanos)) {
            LOG.info("marked endpoint {} unavailable", endpoint.url());
        }
        endpoint.fail(nowNanos);
    }

    private static String reason(final Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** Whether there is none at all, however it is. */
    public boolean isEmpty() {
        return all.isEmpty();
    }
}
