package io.larch.http.metrics;

import io.larch.http.metrics.EdgeCounters.Handshake;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What became of handshakes of TLS, over all event loops. Threadsafe. */
public final class HandshakeMetrics {
    private HandshakeMetrics() {}

    public static void addTo(final List<MetricSnapshot> all, final List<EdgeCounters> counters) {
        all.add(
                Points.counter(
                        "larch_tls_handshakes_total",
                        "Connections that are encrypted.",
                        sum(counters, Handshake.DONE)));
        final Map<String, Long> failed = new LinkedHashMap<>();
        for (final Handshake fate : Handshake.VALUES) {
            if (fate != Handshake.DONE) {
                failed.put(fate.label(), sum(counters, fate));
            }
        }
        all.add(
                Points.counters(
                        "larch_tls_handshakes_failed_total",
                        "Connections rejected before they were encrypted, by reason.",
                        "reason",
                        failed));
    }

    private static long sum(final List<EdgeCounters> counters, final Handshake fate) {
        return counters.stream().mapToLong(each -> each.handshakes(fate)).sum();
    }
}
