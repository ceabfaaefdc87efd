package io.larch.http.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes metrics of numbers. */
public final class Points {
    private Points() {}

    public static MetricSnapshot gauge(final String name, final String help, final double value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
                .build();
    }

    public static MetricSnapshot counter(final String name, final String help, final double value) {
        return CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(CounterDataPointSnapshot.builder().value(value).build())
                .build();
    }

    /** One number, which may fall, for each value of a label. */
    public static MetricSnapshot gauges(
            final String name,
            final String help,
            final String label,
            final Map<String, Double> values) {
        final GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        values.forEach(
                (value, number) ->
                        gauge.dataPoint(
                                GaugeDataPointSnapshot.builder()
                                        .labels(Labels.of(label, value))
                                        .value(number)
                                        .build()));
        return gauge.build();
    }

    /** One number for each value of a label. */
    public static MetricSnapshot counters(
            final String name,
            final String help,
            final String label,
            final Map<String, Long> values) {
        final Map<Labels, Long> labelled = new LinkedHashMap<>();
        values.forEach((value, count) -> labelled.put(Labels.of(label, value), count));
        return counters(name, help, labelled);
    }

    public static MetricSnapshot counters(
            final String name, final String help, final Map<Labels, Long> values) {
        final CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
        values.forEach(
                (labels, count) ->
                        counter.dataPoint(
                                CounterDataPointSnapshot.builder()
                                        .labels(labels)
                                        .value(count)
                                        .build()));
        return counter.build();
    }
}
