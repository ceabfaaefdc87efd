package io.larch.http.metrics;

import io.larch.engine.codec.ErrorCode;
import io.larch.http.wire.HttpMethod;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;

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

    /** All that a request may fail with. */
    private static final int[] STATUSES =
            Arrays.stream(ErrorCode.values())
                    .mapToInt(ErrorCode::status)
                    .distinct()
                    .sorted()
                    .toArray();

    private static final int COUNTERS =
            Method.VALUES.length * (1 + STATUSES.length + BOUNDS + 1 + 1)
                    + Connections.VALUES.length
                    + Handshake.VALUES.length
                    + Attempt.VALUES.length
                    + Http2.VALUES.length
                    + 3;

    private final AtomicCounter[] received = new AtomicCounter[Method.VALUES.length];
    private final AtomicCounter[] failed =
            new AtomicCounter[Method.VALUES.length * STATUSES.length];
    private final AtomicCounter[] durations =
            new AtomicCounter[Method.VALUES.length * (BOUNDS + 1)];
    private final AtomicCounter[] durationNanos = new AtomicCounter[Method.VALUES.length];
    private final AtomicCounter[] connections = new AtomicCounter[Connections.VALUES.length];
    private final AtomicCounter[] handshakes = new AtomicCounter[Handshake.VALUES.length];
    private final AtomicCounter[] attempts = new AtomicCounter[Attempt.VALUES.length];
    private final AtomicCounter knownPairs;
    private final AtomicCounter[] http2 = new AtomicCounter[Http2.VALUES.length];
    private final AtomicCounter watches;
    private final AtomicCounter faults;

    /**
     * @param manager where all of the member's counters are; null for those that nobody else sees.
     * @param loop which of the event loops, from 0.
     */
    public EdgeCounters(final CountersManager manager, final int loop) {
        final Source source = new Source(manager, "edge." + loop + ".");
        for (final Connections fate : Connections.VALUES) {
            final String name = "connections." + fate.name().toLowerCase(Locale.ROOT);
            connections[fate.ordinal()] = source.next(name, "connections");
        }
        for (final Handshake fate : Handshake.VALUES) {
            final String name = "handshakes." + fate.label();
            handshakes[fate.ordinal()] = source.next(name, "handshakes");
        }
        for (final Attempt fate : Attempt.VALUES) {
            attempts[fate.ordinal()] = source.next("attempts." + fate.label(), "requests");
        }
        knownPairs = source.next("known_pairs", "checks");
        for (final Http2 news : Http2.VALUES) {
            final String name = "http2." + news.name().toLowerCase(Locale.ROOT);
            http2[news.ordinal()] =
                    source.next(name, news == Http2.STREAMS ? "requests" : "connections");
        }
        faults = source.next("faults", "faults");
        watches = source.next("watches", "requests");
        for (final Method method : Method.VALUES) {
            final String name = method.name();
            final int at = method.ordinal();
            received[at] = source.next("received." + name, "requests");
            durationNanos[at] = source.next("took." + name, "ns");
            for (int i = 0; i <= BOUNDS; i++) {
                durations[at * (BOUNDS + 1) + i] =
                        source.next("took." + name + "." + boundName(i), "requests");
            }
            for (int i = 0; i < STATUSES.length; i++) {
                failed[at * STATUSES.length + i] =
                        source.next("failed." + name + "." + STATUSES[i], "requests");
            }
        }
    }

    private static String boundName(final int bound) {
        return bound == BOUNDS
                ? "longer"
                : "to_" + TimeUnit.NANOSECONDS.toMicros(FIRST_BOUND_NANOS << bound) + "_us";
    }

    /** One counter after the other. */
    private static final class Source {
        private final CountersManager manager;
        private final String prefix;
        private final UnsafeBuffer own =
                new UnsafeBuffer(new byte[COUNTERS * CountersReader.COUNTER_LENGTH]);
        private int count;

        Source(final CountersManager manager, final String prefix) {
            this.manager = manager;
            this.prefix = prefix;
        }

        AtomicCounter next(final String name, final String unit) {
            return manager == null
                    ? new AtomicCounter(own, count++)
                    : manager.newCounter(prefix + name + " [" + unit + "]");
        }
    }

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

    /** What may become of a handshake of TLS. */
    public enum Handshake {
        DONE,
        /** The client showed no certificate, and had to. */
        NO_CERTIFICATE,
        /** The client's certificate would not do. */
        BAD_CERTIFICATE,
        /** The client does not speak TLS. */
        NOT_TLS,
        /** The client speaks TLS where plain HTTP is spoken. */
        TLS_ON_PLAIN_PORT,
        /** Its time was up. */
        TOO_SLOW,
        /** The client hung up. */
        GONE,
        /** No version, cipher suite or certificate that both like, or a broken message. */
        PROTOCOL;

        static final Handshake[] VALUES = values();

        /** In names of counters and metrics. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What may become of a request whose name and password have to be compared. */
    public enum Attempt {
        /** They fit. */
        OK,
        /** They do not, or are none. */
        FAILED,
        /** Too many wait. */
        REFUSED;

        static final Attempt[] VALUES = values();

        /** In names of counters and metrics. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is counted of HTTP/2. */
    enum Http2 {
        /** Connections that speak it. */
        SESSIONS,
        /** Requests on them. */
        STREAMS,
        /** Connections that were left, since their clients broke the protocol or a limit. */
        REFUSED;

        private static final Http2[] VALUES = values();
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
        received[method.ordinal()].incrementRelease();
    }

    public void watchReceived() {
        watches.incrementRelease();
    }

    public void connectionOpened() {
        connections[Connections.OPENED.ordinal()].incrementRelease();
    }

    public void connectionClosed() {
        connections[Connections.CLOSED.ordinal()].incrementRelease();
    }

    public void connectionRefused() {
        connections[Connections.REFUSED.ordinal()].incrementRelease();
    }

    /** A connection could not be accepted. */
    public void acceptFailed() {
        connections[Connections.FAILED.ordinal()].incrementRelease();
    }

    public void http2SessionOpened() {
        http2[Http2.SESSIONS.ordinal()].incrementRelease();
    }

    public void http2StreamOpened() {
        http2[Http2.STREAMS.ordinal()].incrementRelease();
    }

    /** A client of HTTP/2 broke the protocol or a limit. */
    public void http2SessionRefused() {
        http2[Http2.REFUSED.ordinal()].incrementRelease();
    }

    long http2(final Http2 news) {
        return http2[news.ordinal()].get();
    }

    /** Connections of HTTP/2 whose clients broke the protocol or a limit. */
    public long http2Refused() {
        return http2(Http2.REFUSED);
    }

    /** A handshake is over. */
    public void handshakeEnded(final Handshake fate) {
        handshakes[fate.ordinal()].incrementRelease();
    }

    public long handshakes(final Handshake fate) {
        return handshakes[fate.ordinal()].get();
    }

    /** A request knows whether its name and password fit, or is not to know. */
    public void attemptEnded(final Attempt fate) {
        attempts[fate.ordinal()].incrementRelease();
    }

    long attempts(final Attempt fate) {
        return attempts[fate.ordinal()].get();
    }

    /** The name and the password of a request were known to fit. */
    public void pairKnown() {
        knownPairs.incrementRelease();
    }

    long knownPairs() {
        return knownPairs.get();
    }

    /** A request received is answered with an error. */
    public void failed(final Method method, final ErrorCode code) {
        failed[at(method, code.status())].incrementRelease();
    }

    private static int at(final Method method, final int status) {
        int at = 0;
        while (STATUSES[at] != status) {
            at++;
        }
        return method.ordinal() * STATUSES.length + at;
    }

    /** A request received is answered. */
    public void succeeded(final Method method, final long nanos) {
        int at = 0;
        while (at < BOUNDS && nanos > FIRST_BOUND_NANOS << at) {
            at++;
        }
        durations[method.ordinal() * (BOUNDS + 1) + at].incrementRelease();
        durationNanos[method.ordinal()].getAndAddRelease(Math.max(0, nanos));
    }

    long receivedOf(final Method method) {
        return received[method.ordinal()].get();
    }

    /** The edge's own code went wrong; a connection ends by it. */
    public void faultFound() {
        faults.incrementRelease();
    }

    public long faults() {
        return faults.get();
    }

    public long failedAccepts() {
        return connections(Connections.FAILED);
    }

    long connections(final Connections fate) {
        return connections[fate.ordinal()].get();
    }

    long watches() {
        return watches.get();
    }

    long failedWith(final Method method, final int status) {
        return failed[at(method, status)].get();
    }

    /** How many took up to a bound and longer than up to the one before. */
    long durations(final Method method, final int bound) {
        return durations[method.ordinal() * (BOUNDS + 1) + bound].get();
    }

    long durationNanos(final Method method) {
        return durationNanos[method.ordinal()].get();
    }

    static double boundSeconds(final int bound) {
        return bound == BOUNDS ? Double.POSITIVE_INFINITY : (FIRST_BOUND_NANOS << bound) / 1e9;
    }

    /** All that a request may fail with, ascending; not to be changed. */
    static int[] statuses() {
        return STATUSES;
    }
}
