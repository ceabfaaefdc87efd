package io.larch.http.proxy;

import io.larch.http.metrics.EdgeCounters;
import io.larch.http.metrics.HandshakeMetrics;
import io.larch.http.metrics.Points;
import io.larch.http.metrics.ProcessMetrics;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** A proxy's {@code /metrics}, by etcd's names where it has them. Threadsafe. */
final class ProxyMetrics {
    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final PrometheusTextFormatWriter WRITER = PrometheusTextFormatWriter.create();

    private final ProxyCounters counters;
    private final List<EdgeCounters> handshakes;

    /**
     * @param handshakes of all event loops.
     */
    ProxyMetrics(final ProxyCounters counters, final List<EdgeCounters> handshakes) {
        this.counters = counters;
        this.handshakes = handshakes;
    }

    byte[] print() {
        final Map<String, Long> requests = new LinkedHashMap<>();
        final Map<String, Long> handled = new LinkedHashMap<>();
        final Map<Labels, Long> dropped = new LinkedHashMap<>();
        final HistogramSnapshot.Builder durations =
                HistogramSnapshot.builder()
                        .name("etcd_proxy_handling_duration_seconds")
                        .help("From a request's arrival to the end of its answer.");
        counters.methods()
                .forEach(
                        (name, method) -> {
                            requests.put(name, method.requests.sum());
                            handled.put(name, method.handled.sum());
                            addDropped(dropped, name, method);
                            durations.dataPoint(durations(name, method));
                        });
        final List<MetricSnapshot> all = new ArrayList<>();
        all.add(
                Points.counters(
                        "etcd_proxy_requests_total", "Requests received.", "method", requests));
        all.add(
                Points.counters(
                        "etcd_proxy_handled_total", "Requests answered.", "method", handled));
        all.add(
                Points.counters(
                        "etcd_proxy_dropped_total", "Requests that no member took.", dropped));
        all.add(durations.build());
        all.add(
                Points.counter(
                        "larch_http_slow_readers_cut_total",
                        "Connections closed since their clients did not read the answers.",
                        counters.slowReadersCut()));
        HandshakeMetrics.addTo(all, handshakes);
        ProcessMetrics.addTo(all);
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            WRITER.write(bytes, new MetricSnapshots(all));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void addDropped(
            final Map<Labels, Long> dropped, final String name, final ProxyCounters.Method method) {
        for (final ProxyCounters.Drop drop : ProxyCounters.Drop.values()) {
            final long count = method.dropped[drop.ordinal()].sum();
            if (count > 0) {
                dropped.put(Labels.of("method", name, "proxying_error", drop.label), count);
            }
        }
    }

    private static HistogramDataPointSnapshot durations(
            final String name, final ProxyCounters.Method method) {
        final ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        final LongAdder[] counts = method.durations;
        for (int i = 0; i < counts.length; i++) {
            buckets.bucket(ProxyCounters.boundSeconds(i), counts[i].sum());
        }
        return HistogramDataPointSnapshot.builder()
                .labels(Labels.of("method", name))
                .classicHistogramBuckets(buckets.build())
                .sum(method.nanos.sum() / NANOS_PER_SECOND)
                .build();
    }
}
