package io.larch.bench.compare;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The report to be looked at: one file, which needs nothing from elsewhere. */
final class HtmlReport {
    private static final String STYLE =
            """
            body { font-family: sans-serif; margin: 2em; max-width: 75em; }
            table { border-collapse: collapse; font-size: 85%; }
            td, th { border-bottom: 1px solid #ccc; padding: 0.2em 0.6em; text-align: left; }
            .AIM { background: #c7e9c0; }
            .MUST { background: #e5f5e0; }
            .SHORT { background: #fcbba1; }
            .TOO_NOISY { background: #eee; }
            .warning { background: #fee391; padding: 0.4em; }
            """;

    private static final List<Figure> BARS =
            List.of(Figure.RATE, Figure.P50, Figure.CPU, Figure.BYTES, Figure.RESIDENT);

    private HtmlReport() {}

    static String text(final Summary summary, final Surroundings surroundings) throws IOException {
        final StringBuilder page = new StringBuilder();
        page.append(
                        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>")
                .append(Table.escape(surroundings.title()))
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n</head>\n<body>\n<h1>")
                .append(Table.escape(surroundings.title()))
                .append("</h1>\n");
        paragraph(page, "Again: " + surroundings.command());
        paragraph(page, summary.verdict());
        for (final String warning : summary.warnings()) {
            page.append("<p class=\"warning\">").append(Table.escape(warning)).append("</p>\n");
        }
        page.append("<h2>Goals</h2>\n").append(summary.goals().html());
        add(page, Charts.goals(summary.results()));
        page.append("<h2>All figures, Larch / etcd</h2>\n").append(summary.figures().html());
        for (final Figure figure : BARS) {
            add(page, Charts.bars(summary.results(), figure));
        }
        page.append("<h2>Each workload</h2>\n");
        paragraph(page, "Percentiles of all rounds together; courses of the last round.");
        for (final Result result : summary.results()) {
            page.append("<div>\n");
            add(page, Charts.percentiles(result));
            add(page, Charts.throughput(result));
            add(page, Charts.latency(result));
            page.append("</div>\n");
        }
        page.append("<h2>Conditions</h2>\n").append(summary.conditions().html());
        paragraph(page, Surroundings.METHOD);
        page.append("<pre>")
                .append(Table.escape(surroundings.machine()))
                .append(Table.escape(String.join("\n", surroundings.versions())))
                .append("</pre>\n</body>\n</html>\n");
        return page.toString();
    }

    private static void paragraph(final StringBuilder page, final String text) {
        page.append("<p>").append(Table.escape(text)).append("</p>\n");
    }

    private static void add(final StringBuilder page, final Optional<String> chart) {
        chart.ifPresent(image -> page.append(image).append('\n'));
    }
}
