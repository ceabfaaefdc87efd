package io.larch.bench.compare;

import io.larch.bench.load.LoadResult;
import io.larch.bench.load.Timeline;
import java.awt.Color;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws results, each chart as an image element, with all its data, for a page. */
final class Charts {
    private static final Color[] COLORS = {new Color(0x1f77b4), new Color(0xd95f02)};
    private static final int WIDTH = 520;
    private static final int HEIGHT = 320;
    private static final int WIDE = 1060;
    private static final int TALL = 520;
    private static final double POINTS_PER_DECADE = 8;

    /** What a logarithmic axis cannot show. */
    private static final double LEAST = 1e-4;

    private Charts() {}

    /**
     * Latencies by how many requests are slower than that: one of ten, of a hundred and so on.
     * Nothing when no latencies were measured.
     */
    static Optional<String> percentiles(final Result result) throws IOException {
        final XYChart chart =
                lines(result.experiment().name() + ": latency, ms", "one of so many is slower");
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        for (final Server server : Server.values()) {
            final Histogram all = merged(result.outcomes(server));
            final List<Double> x = new ArrayList<>();
            final List<Double> y = new ArrayList<>();
            for (int i = 0; one(i) <= all.getTotalCount(); i++) {
                x.add(one(i));
                final double percentile = 100 - 100 / one(i);
                y.add(Math.max(LEAST, all.getValueAtPercentile(percentile) / 1e6));
            }
            if (x.size() > 1) {
                chart.addSeries(server.title(), x, y).setMarker(SeriesMarkers.NONE);
            }
        }
        return chart.getSeriesMap().isEmpty() ? Optional.empty() : Optional.of(image(chart));
    }

    private static double one(final int point) {
        return Math.pow(10, point / POINTS_PER_DECADE);
    }

    private static Histogram merged(final List<Outcome> outcomes) {
        final Histogram all = new Histogram(3);
        outcomes.stream()
                .filter(outcome -> !outcome.runs().isEmpty())
                .forEach(outcome -> all.add(outcome.runs().get(0).histogram()));
        return all;
    }

    /** Replies a second in the course of the last round. Nothing when it was not kept. */
    static Optional<String> throughput(final Result result) throws IOException {
        return course(
                result,
                "replies/s",
                interval -> interval.getTotalCount() * 1e9 / Timeline.INTERVAL_NS);
    }

    /** The slowest of a hundred in the course of the last round. Nothing when it was not kept. */
    static Optional<String> latency(final Result result) throws IOException {
        return course(result, "p99, ms", interval -> interval.getValueAtPercentile(99) / 1e6);
    }

    private static Optional<String> course(
            final Result result, final String title, final ToDoubleFunction<Histogram> figure)
            throws IOException {
        final XYChart chart = lines(result.experiment().name() + ": " + title, "s");
        chart.getStyler().setYAxisMin(0.0);
        for (final Server server : Server.values()) {
            final List<Outcome> outcomes = result.outcomes(server);
            final Optional<Timeline> timeline =
                    outcomes.isEmpty()
                            ? Optional.empty()
                            : outcomes.get(outcomes.size() - 1).runs().stream()
                                    .map(LoadResult::timeline)
                                    .filter(java.util.Objects::nonNull)
                                    .findFirst();
            timeline.ifPresent(found -> addCourse(chart, server, found.intervals(), figure));
        }
        return chart.getSeriesMap().isEmpty() ? Optional.empty() : Optional.of(image(chart));
    }

    /** The last interval is mostly not a whole one. Of a long run every so many make a point. */
    private static void addCourse(
            final XYChart chart,
            final Server server,
            final List<Histogram> intervals,
            final ToDoubleFunction<Histogram> figure) {
        final int step = 1 + intervals.size() / 100;
        final List<Double> x = new ArrayList<>();
        final List<Double> y = new ArrayList<>();
        for (int i = 0; i + step < intervals.size(); i += step) {
            double sum = 0;
            for (int j = i; j < i + step; j++) {
                sum += figure.applyAsDouble(intervals.get(j));
            }
            x.add(i * Timeline.INTERVAL_NS / 1e9);
            y.add(sum / step);
        }
        if (x.size() > 1) {
            chart.addSeries(server.title(), x, y).setMarker(SeriesMarkers.NONE);
        }
    }

    private static XYChart lines(final String title, final String xTitle) {
        final XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(title)
                        .xAxisTitle(xTitle)
                        .build();
        style(chart.getStyler());
        return chart;
    }

    /** A figure of all workloads that have it. Nothing when none has. */
    static Optional<String> bars(final List<Result> results, final Figure figure)
            throws IOException {
        final List<Result> having =
                results.stream()
                        .filter(result -> result.median(Server.LARCH, figure) > 0)
                        .filter(result -> result.median(Server.ETCD, figure) > 0)
                        .toList();
        final CategoryChart chart = bars(figure.titleAndUnit());
        chart.getStyler().setYAxisLogarithmic(true);
        // Bars begin at 0 by themselves, which this axis does not have.
        chart.getStyler().setYAxisMin(decadeBelow(having, figure));
        for (final Server server : Server.values()) {
            if (!having.isEmpty()) {
                chart.addSeries(
                        server.title(),
                        having.stream().map(result -> result.experiment().name()).toList(),
                        having.stream().map(result -> result.median(server, figure)).toList());
            }
        }
        return having.isEmpty() ? Optional.empty() : Optional.of(image(chart));
    }

    /** A power of ten below all medians. */
    private static double decadeBelow(final List<Result> results, final Figure figure) {
        final double least =
                results.stream()
                        .mapToDouble(
                                result ->
                                        Math.min(
                                                result.median(Server.LARCH, figure),
                                                result.median(Server.ETCD, figure)))
                        .min()
                        .orElse(1);
        return Math.pow(10, Math.ceil(Math.log10(least)) - 1);
    }

    /** How much of each goal's limit is used. Nothing when there are no goals. */
    static Optional<String> goals(final List<Result> results) throws IOException {
        final List<String> names = new ArrayList<>();
        final List<Double> parts = new ArrayList<>();
        for (final Result result : results) {
            for (final Goal goal : result.experiment().goals()) {
                final double value = result.value(goal);
                if (value > 0) {
                    names.add(result.experiment().name() + ", " + goal.figure().title());
                    parts.add(goal.partOfMust(value));
                }
            }
        }
        if (names.isEmpty()) {
            return Optional.empty();
        }
        final CategoryChart chart = bars("part of what must be: up to 1 is well");
        chart.getStyler().setLegendVisible(false);
        chart.addSeries("part", names, parts);
        return Optional.of(image(chart));
    }

    private static CategoryChart bars(final String title) {
        final CategoryChart chart =
                new CategoryChartBuilder().width(WIDE).height(TALL).title(title).build();
        style(chart.getStyler());
        chart.getStyler().setXAxisLabelRotation(90);
        return chart;
    }

    private static void style(final Styler styler) {
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setSeriesColors(COLORS);
        styler.setLegendPosition(Styler.LegendPosition.OutsideS);
        styler.setLegendLayout(Styler.LegendLayout.Horizontal);
        styler.setToolTipsEnabled(false);
    }

    /** As SVG a chart would be ten times as large. */
    private static String image(final Chart<?, ?> chart) throws IOException {
        final byte[] png = BitmapEncoder.getBitmapBytes(chart, BitmapFormat.PNG);
        return "<img alt=\""
                + Table.escape(chart.getTitle())
                + "\" src=\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(png)
                + "\">";
    }
}
