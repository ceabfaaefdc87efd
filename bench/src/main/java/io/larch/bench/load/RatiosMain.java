package io.larch.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Puts Larch beside etcd at the head of a report of runs of both; {@code tools/bin/larch-compare}
 * calls it when all runs are done.
 */
public final class RatiosMain {
    private RatiosMain() {}

    /** Takes the report's file; prints the table, too. */
    public static void main(final String[] args) throws IOException {
        if (args.length != 1) {
            System.err.println("usage: larch-bench ratios REPORT.md");
            System.exit(2);
            return;
        }
        final Path report = Path.of(args[0]);
        final RatioTable ratios = new RatioTable();
        Files.readAllLines(report).forEach(ratios::add);
        Files.writeString(report, ReportWriter.withRatios(Files.readString(report), ratios));
        System.out.print(ratios.text());
    }
}
