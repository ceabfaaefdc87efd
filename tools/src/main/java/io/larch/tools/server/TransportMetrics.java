package io.larch.tools.server;

import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What the transport counts, as lines for {@code /metrics}: {@code larch_transport_..._total}. All
 * zero while there is no transport. Set once by the thread that makes it, asked by any.
 */
final class TransportMetrics implements Supplier<String> {
    private volatile TransportCounters counters;

    void of(final TransportCounters transportCounters) {
        counters = transportCounters;
    }

    @Override
    public String get() {
        final TransportCounters current = counters;
        final StringBuilder lines = new StringBuilder();
        for (final TransportCounter counter : TransportCounter.values()) {
            final String name =
                    "larch_transport_" + counter.name().toLowerCase(Locale.ROOT) + "_total";
            lines.append("# TYPE ").append(name).append(" counter\n");
            lines.append(name).append(' ');
            lines.append(current == null ? 0 : current.get(counter)).append('\n');
        }
        return lines.toString();
    }
}
