package io.larch.bench.compare;

import io.larch.bench.load.LoadResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where a report goes: text, page, and each round's histograms. A report that is there stays. */
final class ReportDirectory {
    private static final double NS_PER_MS = 1e6;

    private ReportDirectory() {}

    /** Makes {@code DATE-COMMIT} in a directory, or that with the next number behind it. */
    static Path create(final Path parent, final String name) throws IOException {
        Files.createDirectories(parent);
        for (int i = 1; ; i++) {
            try {
                return Files.createDirectory(parent.resolve(i == 1 ? name : name + "-" + i));
            } catch (final FileAlreadyExistsException e) {
                // Of another run.
            }
        }
    }

    static void write(
            final Path directory, final List<Result> results, final Surroundings surroundings)
            throws IOException {
        final Summary summary = new Summary(results);
        Files.writeString(
                directory.resolve("report.md"), MarkdownReport.text(summary, surroundings));
        for (final Result result : summary.results()) {
            for (final Server server : Server.values()) {
                writeHistograms(directory, result, server);
            }
        }
        // Last, for it is made by much that is not ours, and the others are what counts.
        Files.writeString(directory.resolve("report.html"), HtmlReport.text(summary, surroundings));
    }

    private static void writeHistograms(
            final Path directory, final Result result, final Server server) throws IOException {
        final List<Outcome> outcomes = result.outcomes(server);
        final String name =
                server.fileName()
                        + "-"
                        + result.experiment().name().replaceAll("[^A-Za-z0-9.]+", "-");
        for (int round = 0; round < outcomes.size(); round++) {
            for (final LoadResult run : outcomes.get(round).runs()) {
                final Path file = directory.resolve(run.named(name + "-r" + (round + 1)) + ".hgrm");
                try (PrintStream out = new PrintStream(file.toFile(), StandardCharsets.UTF_8)) {
                    run.histogram().outputPercentileDistribution(out, NS_PER_MS);
                }
            }
        }
    }
}
