package io.larch.http;

import io.larch.http.metrics.EdgeCounters;
import io.larch.http.output.Outlet;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The faults of one event loop's own code: all are counted, each kind is told to the log once. A
 * kind is a class of exception and the place it comes from.
 *
 * <p>On the event loop's thread.
 */
final class EdgeFaults {
    private static final Logger LOG = LoggerFactory.getLogger(EdgeFaults.class);
    private static final int MAX_KINDS = 100;

    private final Set<String> kinds = new HashSet<>();
    private final EdgeCounters counters;

    EdgeFaults(final EdgeCounters counters) {
        this.counters = counters;
    }

    /**
     * Something went wrong that must not: one connection ends, everybody else goes on.
     *
     * @param connection whose; null when nobody's.
     */
    void end(final Outlet connection, final Throwable fault) {
        report(fault);
        if (connection != null) {
            connection.abort();
        }
    }

    private void report(final Throwable fault) {
        counters.faultFound();
        if (kinds.size() < MAX_KINDS && kinds.add(kind(fault))) {
            LOG.error(
                    "a connection ends by a fault of this server; its like is only counted", fault);
        }
    }

    private static String kind(final Throwable fault) {
        final StackTraceElement[] trace = fault.getStackTrace();
        return fault.getClass().getName() + (trace.length == 0 ? "" : " " + trace[0]);
    }
}
