package io.larch.tools.stat;

import io.larch.engine.stats.CounterFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the counters of a running member from outside. */
@Command(
        name = "larch-stat",
        description = {
            "Prints the counters of the member that runs on a data directory, by the file that the"
                    + " member writes there once a second. The member is not asked.",
            ""
        },
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:printed",
            "1:the counters cannot be read",
            "2:the command line is wrong",
            "3:no member runs on this directory",
            "4:the file of counters is damaged, or of another version"
        })
public final class LarchStat implements Callable<Integer> {
    static final int UNREADABLE = 1;
    static final int NOT_RUNNING = 3;
    static final int BAD_FILE = 4;

    private final LongSupplier epochMs;

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "DATA_DIR", description = "What the member was given as --data-dir.")
    private Path dataDirectory;

    @Option(
            names = "--json",
            description = "Print an object on a line each time, all counters in it.")
    private boolean isJson;

    @Option(names = "--all", description = "Print also what is 0; --json always does.")
    private boolean isAll;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            description = "Print again and again, this long apart, with the change per second.")
    private Double intervalSeconds;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "Print so many times. Default: once; for ever with --interval.")
    private Long count;

    @Option(names = "--help", usageHelp = true, description = "Print this.")
    private boolean isHelp;

    /**
     * @param epochMs the wall clock, milliseconds since the epoch.
     */
    LarchStat(final LongSupplier epochMs) {
        this.epochMs = epochMs;
    }

    /** The program. */
    public static void main(final String[] arguments) {
        System.exit(commandLine(System::currentTimeMillis).execute(arguments));
    }

    /**
     * The program, as its manual tells of it.
     *
     * @param epochMs the wall clock, milliseconds since the epoch.
     */
    public static CommandLine commandLine(final LongSupplier epochMs) {
        return new CommandLine(new LarchStat(epochMs));
    }

    @Override
    public Integer call() throws InterruptedException {
        checkOptions();
        final PrintWriter out = spec.commandLine().getOut();
        final CounterPrinter printer = isJson ? new JsonPrinter(out) : new TextPrinter(out, isAll);
        long left = count != null ? count : intervalSeconds != null ? Long.MAX_VALUE : 1;
        int status = print(printer);
        while (status == 0 && --left > 0 && !out.checkError()) {
            TimeUnit.MILLISECONDS.sleep(intervalMs());
            status = print(printer);
        }
        return status;
    }

    private long intervalMs() {
        return intervalSeconds == null ? 1_000 : Math.round(intervalSeconds * 1_000);
    }

    private void checkOptions() {
        if (intervalSeconds != null && !(intervalSeconds >= 0.1 && intervalSeconds <= 86_400)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--interval must be from 0.1 to 86400 seconds: " + intervalSeconds);
        }
        if (count != null && count < 1) {
            throw new ParameterException(spec.commandLine(), "--count must be 1 or more: " + count);
        }
    }

    private int print(final CounterPrinter printer) {
        final Path file = dataDirectory.resolve("member").resolve(CounterFile.NAME);
        try {
            final CounterFile.Picture picture = CounterFile.read(file);
            final String absence = Liveness.absence(picture, epochMs.getAsLong());
            if (absence != null) {
                return fail(NOT_RUNNING, "no member runs on " + dataDirectory + ": " + absence);
            }
            printer.print(picture);
            return 0;
        } catch (final NoSuchFileException e) {
            return fail(NOT_RUNNING, "no member runs on " + dataDirectory + ": " + whyNone(file));
        } catch (final CounterFile.BadFileException e) {
            return fail(BAD_FILE, e.getMessage());
        } catch (final IOException e) {
            return fail(UNREADABLE, "cannot read " + file + ": " + e);
        }
    }

    private String whyNone(final Path file) {
        if (!Files.isDirectory(dataDirectory)) {
            return "there is no such directory";
        }
        return Files.isDirectory(file.getParent())
                ? "there are no counters in " + file.getParent()
                : "it is no data directory, or no member has ever run on it";
    }

    private int fail(final int status, final String message) {
        spec.commandLine().getErr().println("larch-stat: " + message);
        return status;
    }
}
