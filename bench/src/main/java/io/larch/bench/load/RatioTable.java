package io.larch.bench.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Larch beside etcd: of each workload the medians of its rounds, and Larch's as a part of etcd's.
 * Read from the rows that {@link ReportWriter} writes, whose labels are {@code
 * SERVER-WORKLOAD-rROUND}, with {@code -PART} behind that where a run has several figures.
 */
final class RatioTable {
    private static final Pattern LABEL = Pattern.compile("(larch|etcd)-(.+)-r(\\d+)(?:-([a-z]+))?");
    private static final String HEAD =
            "| workload | rate/s Larch | etcd | ratio | p50 ms Larch | etcd | ratio | p99 ms Larch | etcd | ratio"
                    + " | CPU us each Larch | etcd | ratio | errors Larch | etcd |\n"
                    + "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";

    /** In the order in which they were run first. */
    private final Map<String, Integer> order = new TreeMap<>();

    private final Map<String, List<Run>> larch = new TreeMap<>();
    private final Map<String, List<Run>> etcd = new TreeMap<>();

    private record Run(double rate, double p50Ms, double p99Ms, double cpuMicros, double errors) {}

    /** Takes a line of a report; one that is no row of such a run is passed over. */
    void add(final String line) {
        final String[] cells = line.split("\\|", -1);
        if (cells.length != ReportWriter.COLUMNS + 2) {
            return;
        }
        final Matcher label = LABEL.matcher(cells[1].trim());
        if (!label.matches()) {
            return;
        }
        final String part = label.group(4);
        final String workload = label.group(2) + (part == null ? "" : " " + part);
        order.putIfAbsent(workload, order.size());
        final Run run =
                new Run(
                        number(cells, ReportWriter.RATE),
                        number(cells, ReportWriter.P50),
                        number(cells, ReportWriter.P99),
                        number(cells, ReportWriter.CPU_EACH),
                        number(cells, ReportWriter.ERRORS));
        ("larch".equals(label.group(1)) ? larch : etcd)
                .computeIfAbsent(workload, name -> new ArrayList<>())
                .add(run);
    }

    private static double number(final String[] cells, final int column) {
        return Double.parseDouble(cells[column + 1].trim());
    }

    /** The table in Markdown; of workloads that both servers ran. */
    String text() {
        final StringBuilder text = new StringBuilder(HEAD);
        order.keySet().stream()
                .sorted((a, b) -> order.get(a) - order.get(b))
                .filter(workload -> larch.containsKey(workload) && etcd.containsKey(workload))
                .forEach(workload -> text.append(row(workload)));
        return text.toString();
    }

    private String row(final String workload) {
        final List<Run> ours = larch.get(workload);
        final List<Run> theirs = etcd.get(workload);
        return "| "
                + workload
                + cells(ours, theirs, Run::rate, 0)
                + cells(ours, theirs, Run::p50Ms, 3)
                + cells(ours, theirs, Run::p99Ms, 3)
                + cells(ours, theirs, Run::cpuMicros, 1)
                + String.format(Locale.ROOT, " | %.0f | %.0f |%n", errors(ours), errors(theirs));
    }

    private static String cells(
            final List<Run> ours,
            final List<Run> theirs,
            final ToDoubleFunction<Run> figure,
            final int digits) {
        final double our = median(ours, figure);
        final double their = median(theirs, figure);
        return String.format(
                Locale.ROOT,
                " | %." + digits + "f | %." + digits + "f | %s",
                our,
                their,
                their == 0 ? "" : String.format(Locale.ROOT, "%.2f", our / their));
    }

    private static double errors(final List<Run> runs) {
        return runs.stream().mapToDouble(Run::errors).sum();
    }

    private static double median(final List<Run> runs, final ToDoubleFunction<Run> figure) {
        final double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[middle]
                : Arrays.stream(sorted, middle - 1, middle + 1).average().orElseThrow();
    }
}
