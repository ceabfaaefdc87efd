package io.larch.bench.compare;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is to be said of all results: tables and sentences of both kinds of report. */
final class Summary {
    private static final List<Figure> MAIN =
            List.of(
                    Figure.RATE,
                    Figure.P50,
                    Figure.P99,
                    Figure.P999,
                    Figure.CPU,
                    Figure.BYTES,
                    Figure.RESIDENT,
                    Figure.GENERATOR_CPU);

    private final List<Result> results;

    Summary(final List<Result> results) {
        this.results = results.stream().filter(result -> !result.isEmpty()).toList();
    }

    List<Result> results() {
        return results;
    }

    /** A row for each goal. */
    Table goals() {
        final Table table =
                new Table("workload", "figure", "Larch", "etcd", "ratio", "must", "aim", "verdict");
        for (final Result result : results) {
            for (final Goal goal : result.experiment().goals()) {
                final Figure figure = goal.figure();
                final boolean isRatio = goal.basis() == Goal.Basis.RATIO;
                table.add(
                        List.of(
                                result.experiment().name(),
                                figure.titleAndUnit(),
                                figure.text(result.median(Server.LARCH, figure)),
                                figure.text(result.median(Server.ETCD, figure)),
                                twoDigits(result.ratio(figure)),
                                limit(goal.must(), isRatio),
                                limit(goal.aim(), isRatio),
                                result.verdict(goal).text()));
            }
        }
        return table;
    }

    /** Ratios to etcd as they are; others are Larch's own figures, which is said. */
    private static String limit(final double limit, final boolean isRatio) {
        final String text =
                limit == Math.rint(limit)
                        ? String.format(Locale.ROOT, "%.0f", limit)
                        : Double.toString(limit);
        return isRatio ? text : "itself " + text;
    }

    /** A row for each workload, with its medians: Larch's, etcd's. */
    Table figures() {
        final List<String> head = new ArrayList<>(List.of("workload"));
        MAIN.forEach(figure -> head.add(figure.titleAndUnit()));
        head.add("errors");
        final Table table = new Table(head.toArray(String[]::new));
        for (final Result result : results) {
            final List<String> row = new ArrayList<>(List.of(result.experiment().name()));
            for (final Figure figure : MAIN) {
                final double larch = result.median(Server.LARCH, figure);
                final double etcd = result.median(Server.ETCD, figure);
                row.add(
                        Double.isNaN(larch) && Double.isNaN(etcd)
                                ? ""
                                : figure.text(larch) + " / " + figure.text(etcd));
            }
            row.add(result.errors(Server.LARCH) + " / " + result.errors(Server.ETCD));
            table.add(row);
        }
        return table;
    }

    /** A row for each workload: what it is, how often it was done, and how quiet it was. */
    Table conditions() {
        final Table table =
                new Table(
                        "workload",
                        "what is done",
                        "rounds",
                        "others' CPU, %",
                        "stolen CPU, %",
                        "spread of p50, %: Larch / etcd",
                        "");
        for (final Result result : results) {
            table.add(
                    List.of(
                            result.experiment().name(),
                            result.experiment().description(),
                            Integer.toString(result.outcomes(Server.LARCH).size()),
                            percent(result.noise().others()),
                            percent(result.noise().stolen()),
                            spread(result, Server.LARCH) + " / " + spread(result, Server.ETCD),
                            result.isDisturbed() ? "disturbed" : ""));
        }
        return table;
    }

    private static String spread(final Result result, final Server server) {
        return percent(Rounds.spread(result.values(server, Figure.P50)));
    }

    private static String percent(final double part) {
        return String.format(Locale.ROOT, "%.1f", 100 * part);
    }

    private static String twoDigits(final double ratio) {
        return Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%.2f", ratio);
    }

    /** How many goals are reached, and whether the machine was quiet enough to say so. */
    String verdict() {
        final Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
        for (final Result result : results) {
            for (final Goal goal : result.experiment().goals()) {
                counts.merge(result.verdict(goal), 1, Integer::sum);
            }
        }
        final int goals = counts.values().stream().mapToInt(Integer::intValue).sum();
        return String.format(
                Locale.ROOT,
                "Of %d goals %d are reached as aimed at, %d as they must be, %d are short; %d cannot be judged, %d were"
                        + " not measured.",
                goals,
                counts.getOrDefault(Verdict.AIM, 0),
                counts.getOrDefault(Verdict.MUST, 0),
                counts.getOrDefault(Verdict.SHORT, 0),
                counts.getOrDefault(Verdict.TOO_NOISY, 0),
                counts.getOrDefault(Verdict.NOT_MEASURED, 0));
    }

    /** What is to be known before any figure is believed. */
    List<String> warnings() {
        final List<String> warnings = new ArrayList<>();
        final long disturbed = results.stream().filter(Result::isDisturbed).count();
        if (disturbed > 0) {
            warnings.add(
                    String.format(
                            Locale.ROOT,
                            "The machine was too noisy to judge %d of %d workloads: others used it meanwhile.",
                            disturbed,
                            results.size()));
        }
        for (final Result result : results) {
            for (final Server server : Server.values()) {
                if (result.errors(server) > 0) {
                    warnings.add(
                            String.format(
                                    Locale.ROOT,
                                    "%s: %,d requests to %s failed.",
                                    result.experiment().name(),
                                    result.errors(server),
                                    server.title()));
                }
            }
            result.failures()
                    .forEach(
                            failure ->
                                    warnings.add(
                                            result.experiment().name()
                                                    + ": a round was not done; "
                                                    + failure));
        }
        return warnings;
    }
}
