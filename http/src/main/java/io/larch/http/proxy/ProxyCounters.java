package io.larch.http.proxy;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** What a proxy counts, by the method of the request. Threadsafe. */
final class ProxyCounters {
    /** Upper bounds of the durations, as etcd has them: 0.5 ms, doubled twelve times. */
    static final int BOUNDS = 13;

    private static final long FIRST_BOUND_NANOS = 500_000L;

    /** Methods are the client's word: beyond those of etcd's API they are one. */
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH");

    /** Why a request was not passed on, as etcd calls it. */
    enum Drop {
        ZERO_ENDPOINTS("zero_endpoints"),
        FAILED_SENDING("failed_sending_request"),
        FAILED_GETTING("failed_getting_response"),
        FAILED_READING("failed_reading_body");

        final String label;

        Drop(final String label) {
            this.label = label;
        }
    }

    /** Of one method. */
    static final class Method {
        final LongAdder requests = new LongAdder();
        final LongAdder handled = new LongAdder();
        final LongAdder[] dropped = adders(Drop.values().length);
        final LongAdder[] durations = adders(BOUNDS + 1);
        final LongAdder nanos = new LongAdder();

        private static LongAdder[] adders(final int count) {
            final LongAdder[] adders = new LongAdder[count];
            for (int i = 0; i < count; i++) {
                adders[i] = new LongAdder();
            }
            return adders;
        }
    }

    private final Map<String, Method> methods = new ConcurrentHashMap<>();
    private final LongAdder slowReaders = new LongAdder();

    /** A client's connection was closed, since it does not read its answers. */
    void slowReaderCut() {
        slowReaders.increment();
    }

    long slowReadersCut() {
        return slowReaders.sum();
    }

    void received(final ProxyRequest request) {
        of(request).requests.increment();
    }

    void dropped(final ProxyRequest request, final Drop drop) {
        of(request).dropped[drop.ordinal()].increment();
    }

    void handled(final ProxyRequest request, final long nanos) {
        final Method method = of(request);
        method.handled.increment();
        method.nanos.add(nanos);
        int bound = 0;
        while (bound < BOUNDS && nanos > FIRST_BOUND_NANOS << bound) {
            bound++;
        }
        method.durations[bound].increment();
    }

    private Method of(final ProxyRequest request) {
        final String name = request.method().name();
        return methods.computeIfAbsent(
                METHODS.contains(name) ? name : "other", any -> new Method());
    }

    /** In the order of their names. */
    Map<String, Method> methods() {
        return new TreeMap<>(methods);
    }

    static double boundSeconds(final int bound) {
        return bound == BOUNDS
                ? Double.POSITIVE_INFINITY
                : (FIRST_BOUND_NANOS << bound) / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
