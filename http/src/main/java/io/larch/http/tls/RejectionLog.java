package io.larch.http.tls;

import io.larch.http.listen.LineBudget;
import io.larch.http.metrics.EdgeCounters;
import io.larch.http.metrics.EdgeCounters.Handshake;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
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

    private final EdgeCounters counters;
    private final LineBudget lines;

    public RejectionLog(final EdgeCounters counters, final LongSupplier monotonicNanos) {
        this.counters = counters;
        this.lines = new LineBudget(monotonicNanos);
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
        if (lines.take()) {
            LOG.warn(
                    "rejected connection from \"{}\" (error \"{}\", ServerName \"{}\"){}",
                    text(client),
                    failure.reason(),
                    serverName,
                    lines.leftOut());
        }
    }

    private static String text(final SocketAddress address) {
        if (!(address instanceof InetSocketAddress internet)) {
            return String.valueOf(address);
        }
        final String host = internet.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + internet.getPort();
    }
}
