package io.larch.tools.ctl;

import io.larch.tools.backup.BackupException;
import io.larch.tools.backup.OfflineBackup;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies the data of a member that does not run. */
@Command(
        name = "backup",
        customSynopsis = "larchctl backup --data-dir DIR [--wal-dir DIR] --backup-dir DIR",
        description = {
            "Copies the data of a member that does not run, under new ids.",
            "The copy starts by larchd --force-new-cluster. Of a member that runs, snapshot save"
                    + " makes a copy."
        })
final class BackupCommand implements Callable<Integer> {
    private final Session session;

    @Option(names = "--data-dir", paramLabel = "DIR", description = "The member's data directory.")
    private String dataDir = "";

    @Option(
            names = "--wal-dir",
            paramLabel = "DIR",
            description = "The member's log, where it is not in the data directory.")
    private String walDir = "";

    @Option(
            names = "--backup-dir",
            paramLabel = "DIR",
            description = "The data directory of the copy, empty or not there yet.")
    private String backupDir = "";

    /** etcdctl takes no notice of them. */
    @Parameters(hidden = true, arity = "0..*")
    private List<String> words;

    BackupCommand(final Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        if (dataDir.isEmpty() || backupDir.isEmpty()) {
            throw Failure.error(Failure.BAD_ARGUMENTS, "--data-dir and --backup-dir are required");
        }
        try {
            new OfflineBackup(
                            SnapshotCommand.path(dataDir),
                            walDir.isEmpty() ? null : SnapshotCommand.path(walDir),
                            SnapshotCommand.path(backupDir),
                            session.err()::println)
                    .make(BackupCommand::newId);
            return 0;
        } catch (final BackupException e) {
            throw Failure.error(SnapshotCommand.status(e), e.getMessage());
        }
    }

    /** 0 means nobody. */
    private static long newId() {
        final SecureRandom random = new SecureRandom();
        long id = random.nextLong();
        while (id == 0) {
            id = random.nextLong();
        }
        return id;
    }
}
