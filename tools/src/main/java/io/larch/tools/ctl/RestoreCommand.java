package io.larch.tools.ctl;

import io.larch.tools.backup.BackupException;
import io.larch.tools.backup.Moment;
import io.larch.tools.backup.PastState;
import io.larch.tools.backup.RestoredMember;
import io.larch.tools.log.LarchLoggerFactory;
import io.larch.tools.log.LogLevel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Begins a new cluster with what one held at a moment of the past. */
@Command(
        name = "restore",
        customSynopsis =
                "larchctl restore --from DIR [--from DIR] [--to-index N | --to-time T |"
                        + " --to-revision N | --to-raft-index N] --data-dir DIR [--name N]"
                        + " [--initial-cluster N=URL,...] [--initial-cluster-token T]"
                        + " [--initial-advertise-peer-urls URL,...] [--force]",
        description = {
            "Makes the data directory of one member of a new cluster, which begins with what a cluster"
                    + " held at a moment of the past, out of what larchd --archive-wal has kept of one"
                    + " of its members. Once for each member; then they start.",
            "The state has all entries of the log in front of the first that is past the moment;"
                    + " without a moment, all that are there and committed. Members and cluster get"
                    + " new ids, so the token must be another than the old one's.",
            ""
        })
final class RestoreCommand implements Callable<Integer> {
    private static final long NONE = Long.MIN_VALUE;

    private final Session session;

    @Option(
            names = "--from",
            paramLabel = "DIR",
            description =
                    "Where segments and snapshots are: an archive, or the data directory of a member"
                            + " that does not run; may be given more than once.")
    private List<String> from = new ArrayList<>();

    @Option(
            names = "--to-index",
            paramLabel = "N",
            description = "Nothing that X-Etcd-Index counts beyond N.")
    private long index = NONE;

    @Option(
            names = "--to-time",
            paramLabel = "T",
            description =
                    "Nothing that was written later, by the leader's clock:"
                            + " 2027-01-31T12:00:00Z, or seconds since the epoch.")
    private String time;

    @Option(
            names = "--to-revision",
            paramLabel = "N",
            description = "No change of v3 keys beyond revision N.")
    private long revision = NONE;

    @Option(
            names = "--to-raft-index",
            paramLabel = "N",
            description = "Exactly the entries up to Raft's index N.")
    private long raftIndex = NONE;

    @Mixin private final NewMemberFlags flags = new NewMemberFlags();

    @Parameters(hidden = true, arity = "0..*")
    private List<String> words = List.of();

    RestoreCommand(final Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        if (from.isEmpty()) {
            throw Failure.error(Failure.BAD_ARGUMENTS, "--from is required");
        }
        if (!words.isEmpty()) {
            throw Failure.error(Failure.BAD_ARGUMENTS, words.get(0) + ": what is that?");
        }
        final List<Path> directories = new ArrayList<>();
        for (final String each : from) {
            if (each.isEmpty()) {
                throw Failure.error(Failure.BAD_ARGUMENTS, "--from is empty");
            }
            directories.add(SnapshotCommand.path(each));
        }
        // What the parts of a member have to say about themselves is not about this.
        if (LoggerFactory.getILoggerFactory() instanceof LarchLoggerFactory loggers) {
            loggers.level(LogLevel.ERROR);
        }
        try {
            final RestoredMember member = flags.member();
            try (PastState past = PastState.open(directories, moment(), this::remark)) {
                member.restore(past, flags.isForced());
                flags.printDone(session.out(), ": " + past.reached());
            }
            return 0;
        } catch (final BackupException e) {
            throw Failure.error(SnapshotCommand.status(e), e.getMessage());
        }
    }

    private void remark(final String text) {
        session.err().println(text);
    }

    private Moment moment() throws BackupException, Failure {
        final List<Moment> moments = new ArrayList<>();
        if (index != NONE) {
            moments.add(counted(Moment.By.STORE_INDEX, "--to-index", index));
        }
        if (revision != NONE) {
            moments.add(counted(Moment.By.REVISION, "--to-revision", revision));
        }
        if (raftIndex != NONE) {
            moments.add(counted(Moment.By.RAFT_INDEX, "--to-raft-index", raftIndex));
        }
        if (time != null) {
            moments.add(Moment.time(time));
        }
        if (moments.size() > 1) {
            throw Failure.error(
                    Failure.BAD_ARGUMENTS,
                    "one of --to-index, --to-time, --to-revision and --to-raft-index, not several");
        }
        return moments.isEmpty() ? Moment.NEWEST : moments.get(0);
    }

    private static Moment counted(final Moment.By by, final String flag, final long value)
            throws Failure {
        if (value < 0) {
            throw Failure.error(
                    Failure.BAD_ARGUMENTS, flag + " " + value + ": nothing is counted below 0");
        }
        return new Moment(by, value);
    }
}
