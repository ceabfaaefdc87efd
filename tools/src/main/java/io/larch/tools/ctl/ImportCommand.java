package io.larch.tools.ctl;

import io.larch.tools.etcd.DataDirectory;
import io.larch.tools.etcd.KvFiles;
import io.larch.tools.transfer.DirectorySource;
import io.larch.tools.transfer.Site;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies the keys of an etcd into this cluster. */
@Command(
        name = "import",
        customSynopsis = {
            "larchctl import --from URLS [--to URLS] [options]",
            "larchctl import --from-data-dir DIR [--to URLS] [options]"
        },
        description = {
            "Copies keys, directories and TTLs of the v2 API, and keys and leases of the v3 API, of an"
                    + " etcd into the cluster: of one that runs (2 or 3; v3 keys from 3.4 on), or out of"
                    + " the files of one that does not. May be run again after whatever ended it.",
            ""
        })
final class ImportCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--from",
            paramLabel = "URLS",
            description = "Where members of the etcd are, with commas between.")
    private String from = "";

    @Option(
            names = "--from-data-dir",
            paramLabel = "DIR",
            description =
                    "The data directory of an etcd 2.3, 3.4 or 3.5 that does not run, in place of"
                            + " --from, or one of 3.6 with --api v3. Nothing in it is changed.")
    private String dataDirectory = "";

    @Option(
            names = "--from-wal-dir",
            paramLabel = "DIR",
            description =
                    "With --from-data-dir: where its log is, if that etcd ran with --wal-dir.")
    private String logDirectory = "";

    @Option(
            names = "--whole-log",
            description =
                    "With --from-data-dir: take also what the log does not tell to be committed. For"
                            + " the member whose log ends last, when all of a cluster ended at"
                            + " once.")
    private boolean isWhole;

    @Option(
            names = "--to",
            paramLabel = "URLS",
            description = "Where members of Larch are. Default: --endpoints.")
    private String to = "";

    @Mixin private final CopyFlags flags = new CopyFlags();

    @Parameters(hidden = true, arity = "0..*")
    private List<String> words;

    ImportCommand(final Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        final CopyRun run = new CopyRun(session, flags);
        final Site target = session.ownSite("target", to, flags);
        if (dataDirectory.isEmpty()) {
            new ServersCopy(run, flags, told()).run(running(), target);
        } else {
            files(run, target);
        }
        return 0;
    }

    private Consumer<String> told() {
        return line -> session.err().println(line);
    }

    private Site running() throws Failure {
        if (from.isEmpty()) {
            throw Failure.error(Failure.BAD_ARGUMENTS, "--from is required, or --from-data-dir");
        }
        if (!logDirectory.isEmpty() || isWhole) {
            throw Failure.error(
                    Failure.BAD_ARGUMENTS, "--from-wal-dir and --whole-log need --from-data-dir");
        }
        return session.remoteSite("source", from, flags);
    }

    private void files(final CopyRun run, final Site target) throws Failure {
        if (!from.isEmpty()) {
            throw Failure.error(
                    Failure.BAD_ARGUMENTS, "either --from or --from-data-dir, not both");
        }
        if (flags.options().isFollowing()) {
            throw Failure.error(
                    Failure.BAD_ARGUMENTS, "--follow needs an etcd that runs, and --from");
        }
        final Api api = flags.api();
        final Path log = logDirectory.isEmpty() ? null : SnapshotCommand.path(logDirectory);
        final Path directory = SnapshotCommand.path(dataDirectory);
        new FilesImport(
                        run,
                        new DirectorySource(new DataDirectory(directory, log), isWhole, told()),
                        new KvFiles(directory, log),
                        isWhole,
                        told())
                .run(api, target);
    }
}
