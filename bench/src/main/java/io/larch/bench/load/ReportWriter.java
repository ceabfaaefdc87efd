package io.larch.bench.load;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * Keeps a result as a folder that can be judged later: {@code <date>-<commit>/} with report.md, the
 * exact commands, the machine, and each run's histogram. Runs of one day and commit share the
 * folder, a line of the table each.
 */
final class ReportWriter {
    private static final String TABLE_HEAD =
            "| run | server | operation | connections | asked/s | rate/s | errors | p50 ms | p90 | p99 | p99.9 | max | CPU s"
                    + " | CPU us each |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";

    private static final String RUNS = "## Runs\n\n";

    private final LoadContext context;

    ReportWriter(final LoadContext context) {
        this.context = context;
    }

    /** Write one run. Returns the folder. */
    Path write(final LoadResult result, final String server, final String command)
            throws IOException {
        final String commit = context.commit() == null ? Machine.commit() : context.commit();
        final Path folder = Path.of(context.report(), LocalDate.now(ZoneOffset.UTC) + "-" + commit);
        Files.createDirectories(folder);
        final Path report = folder.resolve("report.md");
        if (!Files.exists(report)) {
            append(
                    report,
                    "# Load on " + LocalDate.now(ZoneOffset.UTC) + ", commit " + commit + "\n\n");
            append(
                    report,
                    "Latencies of an open loop count from when a request was due. Histograms (.hgrm) are in"
                            + " milliseconds. Machine: [machine.txt](machine.txt), commands:"
                            + " [command.txt](command.txt).\n\n");
            append(report, RUNS + TABLE_HEAD);
        }
        append(report, row(result, server));
        append(
                folder.resolve("command.txt"),
                result.named(context.label()) + ": " + command + "\n");
        Files.writeString(folder.resolve("machine.txt"), Machine.describe());
        try (PrintStream out =
                new PrintStream(
                        folder.resolve(result.named(context.label()) + ".hgrm").toFile(),
                        StandardCharsets.UTF_8)) {
            result.histogram().outputPercentileDistribution(out, 1e6);
        }
        return folder;
    }

    private String row(final LoadResult result, final String server) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s, %d B, %d keys | %d | %s | %.0f | %d | %.3f | %.3f | %.3f | %.3f | %.3f | %.2f | %.1f |%n",
                result.named(context.label()),
                server,
                result.named(context.operation().text()),
                context.valueSize(),
                context.keys(),
                context.connections(),
                context.rate() == 0 ? "closed" : Integer.toString(context.rate()),
                result.ratePerSecond(),
                result.errors(),
                result.millisAt(50),
                result.millisAt(90),
                result.millisAt(99),
                result.millisAt(99.9),
                result.histogram().getMaxValue() / 1e6,
                result.cpuSeconds(),
                result.cpuMicrosEach());
    }

    private static void append(final Path file, final String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
