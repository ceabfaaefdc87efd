package io.larch.http.tls;

import io.larch.http.metrics.EdgeCounters;
import io.larch.http.metrics.EdgeCounters.Handshake;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts who was rejected, and says it and why, in etcd's words: each at first, and when there are
 * many, one a second and how many were left out.
 *
 * <p>One event loop's.
 */
public final class RejectionLog {
    private static final Logger LOG = LoggerFactory.getLogger(RejectionLog.class);
    private static final int BURST = 20;
    private static final long NANOS_PER_LINE = TimeUnit.SECONDS.toNanos(1);

    private final EdgeCounters counters;
    private final LongSupplier monotonicNanos;
    private long lines = BURST;
    private long sinceNanos;
    private long leftOut;

    public RejectionLog(final EdgeCounters counters, final LongSupplier monotonicNanos) {
        this.counters = counters;
        this.monotonicNanos = monotonicNanos;
        this.sinceNanos = monotonicNanos.getAsLong();
    }

    /** Counts it, too. */
    public void tlsOnPlainPort(final SocketAddress client) {
        rejected(
                client,
                new HandshakeFailure(
                        Handshake.TLS_ON_PLAIN_PORT,
                        "client sent a TLS handshake to an HTTP server"),
                "");
    }

    void rejected(
            final SocketAddress client, final HandshakeFailure failure, final String serverName) {
        counters.handshakeEnded(failure.fate());
        if (!mayWrite()) {
            leftOut++;
            return;
        }
        LOG.warn(
                "rejected connection from \"{}\" (error \"{}\", ServerName \"{}\"){}",
                text(client),
                failure.reason(),
                serverName,
                leftOut == 0 ? "" : ", and " + leftOut + " more before");
        leftOut = 0;
    }

    private boolean mayWrite() {
        final long passed = (monotonicNanos.getAsLong() - sinceNanos) / NANOS_PER_LINE;
        sinceNanos += passed * NANOS_PER_LINE;
        lines = Math.min(BURST, lines + passed);
        if (lines == 0) {
            return false;
        }
        lines--;
        return true;
    }

    private static String text(final SocketAddress address) {
        if (!(address instanceof InetSocketAddress internet)) {
            return String.valueOf(address);
        }
        final String host = internet.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + internet.getPort();
    }
}
