package io.larch.http.metrics;

import io.larch.http.wire.HttpMethod;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What one event loop counts: its connections, and of the requests to /v2/keys those received,
 * those failed, and how long the others took. Watches are counted apart.
 *
 * <p>Written by its event loop only, read by any thread.
 */
public final class EdgeCounters {
    /** etcd's upper bounds of the durations: 0.5 ms, doubled twelve times. */
    static final int BOUNDS = 13;

    private static final long FIRST_BOUND_NANOS = 500_000L;
    private static final int STATUSES = 600;

    private final AtomicLongArray received = new AtomicLongArray(Method.VALUES.length);
    private final AtomicLongArray failed = new AtomicLongArray(Method.VALUES.length * STATUSES);
    private final AtomicLongArray durations =
            new AtomicLongArray(Method.VALUES.length * (BOUNDS + 1));
    private final AtomicLongArray durationNanos = new AtomicLongArray(Method.VALUES.length);
    private final AtomicLongArray watches = new AtomicLongArray(1);
    private final AtomicLongArray faults = new AtomicLongArray(1);
    private final AtomicLongArray connections = new AtomicLongArray(Connections.VALUES.length);

    /** What may become of a connection. */
    enum Connections {
        OPENED,
        CLOSED,
        /** Closed at once, since there were too many. */
        REFUSED,
        /** The system did not hand it over. */
        FAILED;

        private static final Connections[] VALUES = values();
    }

    /** As etcd names them. */
    public enum Method {
        GET,
        HEAD,
        PUT,
        POST,
        DELETE,
        /** A linearizable read. */
        QGET;

        static final Method[] VALUES = values();

        /** Of a request to /v2/keys. */
        public static Method of(final HttpMethod method, final boolean isQuorum) {
            return switch (method) {
                case HEAD -> HEAD;
                case PUT -> PUT;
                case POST -> POST;
                case DELETE -> DELETE;
                default -> isQuorum ? QGET : GET;
            };
        }
    }

    /** A well-formed request is handed to the engine. */
    public void received(final Method method) {
        add(received, method.ordinal(), 1);
    }

    public void watchReceived() {
        add(watches, 0, 1);
    }

    public void connectionOpened() {
        add(connections, Connections.OPENED.ordinal(), 1);
    }

    public void connectionClosed() {
        add(connections, Connections.CLOSED.ordinal(), 1);
    }

    public void connectionRefused() {
        add(connections, Connections.REFUSED.ordinal(), 1);
    }

    /** A connection could not be accepted. */
    public void acceptFailed() {
        add(connections, Connections.FAILED.ordinal(), 1);
    }

    /** A request received is answered with an error. */
    public void failed(final Method method, final int status) {
        add(failed, method.ordinal() * STATUSES + status, 1);
    }

    /** A request received is answered. */
    public void succeeded(final Method method, final long nanos) {
        int at = 0;
        while (at < BOUNDS && nanos > FIRST_BOUND_NANOS << at) {
            at++;
        }
        add(durations, method.ordinal() * (BOUNDS + 1) + at, 1);
        add(durationNanos, method.ordinal(), Math.max(0, nanos));
    }

    /** One writer, so no read-modify-write is needed. */
    private static void add(final AtomicLongArray counters, final int at, final long amount) {
        counters.lazySet(at, counters.get(at) + amount);
    }

    long receivedOf(final Method method) {
        return received.get(method.ordinal());
    }

    /** The edge's own code went wrong; a connection ends by it. */
    public void faultFound() {
        add(faults, 0, 1);
    }

    public long faults() {
        return faults.get(0);
    }

    public long failedAccepts() {
        return connections(Connections.FAILED);
    }

    long connections(final Connections fate) {
        return connections.get(fate.ordinal());
    }

    long watches() {
        return watches.get(0);
    }

    long failedWith(final Method method, final int status) {
        return failed.get(method.ordinal() * STATUSES + status);
    }

    /** How many took up to a bound and longer than up to the one before. */
    long durations(final Method method, final int bound) {
        return durations.get(method.ordinal() * (BOUNDS + 1) + bound);
    }

    long durationNanos(final Method method) {
        return durationNanos.get(method.ordinal());
    }

    static double boundSeconds(final int bound) {
        return bound == BOUNDS ? Double.POSITIVE_INFINITY : (FIRST_BOUND_NANOS << bound) / 1e9;
    }

    static int statuses() {
        return STATUSES;
    }
}
