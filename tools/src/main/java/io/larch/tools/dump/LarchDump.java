package io.larch.tools.dump;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line of {@code larch-dump}. */
@Command(
        name = "larch-dump",
        description = {
            "Prints what is in the files of a member, one record a line, and says where they end.",
            "It only reads, and may do so while the member runs: what the member writes, recycles or"
                    + " removes meanwhile may then read as damaged. A second look tells."
        },
        synopsisSubcommandLabel = "wal|snapshot",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:all that was read is whole",
            "1:a file is damaged; the first bad offset of each is named",
            "2:the command line is wrong",
            "3:a file cannot be read, or there is none"
        })
public final class LarchDump implements Runnable {
    static final int DAMAGED = 1;
    static final int UNREADABLE = 3;

    private final PrintWriter out;

    @Spec private CommandSpec spec;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "one JSON object a line, with whole bodies in hexadecimal")
    private boolean isJson;

    @Option(
            names = "--verify",
            scope = ScopeType.INHERIT,
            description = "one line a file: whether it is whole, or its first bad offset")
    private boolean isVerify;

    @Option(
            names = {"-h", "--help"},
            scope = ScopeType.INHERIT,
            usageHelp = true,
            description = "this text")
    private boolean isHelp;

    LarchDump(final PrintWriter out) {
        this.out = out;
    }

    public static void main(final String[] arguments) {
        final PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        final int status =
                run(out, new PrintWriter(System.err, true, StandardCharsets.UTF_8), arguments);
        out.flush();
        System.exit(status);
    }

    /** The exit status. */
    static int run(final PrintWriter out, final PrintWriter err, final String... arguments) {
        return commandLine(out)
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler(
                        (failure, command, parsed) -> {
                            out.flush();
                            err.println("larch-dump: " + failure.getMessage());
                            return UNREADABLE;
                        })
                .execute(arguments);
    }

    /** The program, as its manual tells of it. */
    public static CommandLine commandLine(final PrintWriter out) {
        final LarchDump dump = new LarchDump(out);
        return new CommandLine(dump).addSubcommand(new Wal(dump)).addSubcommand(new Snapshot(dump));
    }

    /** Without a command. */
    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "What is to be dumped: wal or snapshot?");
    }

    private RecordPrinter printer() {
        return RecordPrinter.of(out, isJson, isVerify);
    }

    /** {@code larch-dump wal}. */
    @Command(
            name = "wal",
            description =
                    "the segments of a log, in their order; each must continue the one in front")
    private static final class Wal implements Callable<Integer> {
        private final LarchDump dump;

        @Parameters(
                paramLabel = "FILE|DIRECTORY",
                description = "a segment, or the directory of a log, a member or its data")
        private Path path;

        Wal(final LarchDump dump) {
            this.dump = dump;
        }

        @Override
        public Integer call() {
            final List<Path> segments = MemberFiles.segments(path);
            return new WalFileDump(dump.printer()).dump(segments) ? 0 : DAMAGED;
        }
    }

    /** {@code larch-dump snapshot}. */
    @Command(name = "snapshot", description = "snapshots, oldest first")
    private static final class Snapshot implements Callable<Integer> {
        private final LarchDump dump;

        @Parameters(
                paramLabel = "FILE|DIRECTORY",
                description = "a snapshot, or the directory of snapshots, a member or its data")
        private Path path;

        Snapshot(final LarchDump dump) {
            this.dump = dump;
        }

        @Override
        public Integer call() {
            boolean areWhole = true;
            for (final Path snapshot : MemberFiles.snapshots(path)) {
                areWhole &= new SnapshotFileDump(dump.printer()).dump(snapshot);
            }
            return areWhole ? 0 : DAMAGED;
        }
    }
}
