package io.larch.tools.ctl;

import io.larch.tools.backup.BackupException;
import io.larch.tools.backup.SnapshotSummary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Snapshots in files: all that a member holds at one index. */
@Command(
        name = "snapshot",
        description = "Saves all that a member holds, and begins new clusters with it.",
        subcommands = {
            SnapshotCommand.Save.class,
            SnapshotCommand.Status.class,
            SnapshotCommand.Verify.class,
            SnapshotCommand.Restore.class
        })
final class SnapshotCommand extends Group {
    private SnapshotCommand(final Session session) {}

    static Path path(final String text) throws Failure {
        try {
            return Path.of(text);
        } catch (final InvalidPathException e) {
            throw Failure.error(Failure.BAD_ARGUMENTS, text + ": " + e.getReason());
        }
    }

    static int status(final BackupException e) {
        return switch (e.kind()) {
            case REFUSED -> Failure.BAD_ARGUMENTS;
            case NOT_SENT -> Failure.SERVER_ERROR;
            case DAMAGED -> Failure.DAMAGED;
            case FILES -> Failure.FILES;
            case NOT_THERE -> Failure.NOT_THERE;
        };
    }

    /** What the commands below have in common: one file, and how it is told what went wrong. */
    abstract static class FileCommand implements Callable<Integer> {
        final Session session;

        @Parameters(hidden = true, arity = "0..*")
        private List<String> words = List.of();

        FileCommand(final Session session) {
            this.session = session;
        }

        @Override
        public final Integer call() throws Failure {
            if (words.size() != 1) {
                throw Failure.error(Failure.BAD_ARGUMENTS, "one file of a snapshot required");
            }
            try {
                run(path(words.get(0)));
                return 0;
            } catch (final BackupException e) {
                throw Failure.error(status(e), e.getMessage());
            } catch (final IOException e) {
                throw Failure.error(Failure.BAD_CONNECTION, e);
            }
        }

        abstract void run(Path file) throws IOException, Failure;

        final PrintWriter out() {
            return session.out();
        }
    }

    /** Saves what a running member holds. */
    @Command(
            name = "save",
            customSynopsis = "larchctl snapshot save [--force] FILE",
            description = {
                "Saves all that a running member has applied: the first of --endpoints that can be"
                        + " reached.",
                "The file shows under its name only when it is whole and checked."
            })
    static final class Save extends FileCommand {
        @Option(names = "--force", description = "Replace a file of this name.")
        private boolean isForced;

        Save(final Session session) {
            super(session);
        }

        @Override
        void run(final Path file) throws IOException, Failure {
            final States states =
                    new States(session.endpoints(), session.settings(), session.progress());
            final SnapshotSummary saved = states.save(file, isForced);
            out().println(
                            "Snapshot saved at "
                                    + file
                                    + ": index "
                                    + saved.index()
                                    + ", "
                                    + saved.length()
                                    + " bytes");
        }
    }

    /** Tells what is in a file. */
    @Command(
            name = "status",
            customSynopsis = "larchctl [--output FORMAT] snapshot status FILE",
            description = "Tells what is in a snapshot, which is checked on the way.")
    static final class Status extends FileCommand {
        Status(final Session session) {
            super(session);
        }

        @Override
        void run(final Path file) throws IOException {
            final SummaryPrinter printer = new SummaryPrinter(out(), session.globals().output);
            printer.print(SnapshotSummary.of(file));
        }
    }

    /** Checks a file. */
    @Command(
            name = "verify",
            customSynopsis = "larchctl snapshot verify FILE",
            description = "Says whether a snapshot is whole, or where it is damaged first.")
    static final class Verify extends FileCommand {
        Verify(final Session session) {
            super(session);
        }

        @Override
        void run(final Path file) throws IOException {
            out().println(file + ": whole, " + SnapshotSummary.of(file).length() + " bytes");
        }
    }

    /** Begins a new cluster. */
    @Command(
            name = "restore",
            customSynopsis =
                    "larchctl snapshot restore FILE --data-dir DIR [--name N] [--initial-cluster"
                            + " N=URL,...] [--initial-cluster-token T]"
                            + " [--initial-advertise-peer-urls URL,...] [--force]",
            description = {
                "Makes the data directory of one member of a new cluster, which begins with what"
                        + " the snapshot holds. Once for each member, with the same file; then they"
                        + " start.",
                "Members and cluster get new ids, so the token must be another than the old one's."
            })
    static final class Restore extends FileCommand {
        @Mixin private final NewMemberFlags flags = new NewMemberFlags();

        Restore(final Session session) {
            super(session);
        }

        @Override
        void run(final Path file) throws IOException, Failure {
            flags.member().restore(file, flags.isForced());
            flags.printDone(out(), "");
        }
    }
}
