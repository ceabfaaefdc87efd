package io.larch.tools.ctl;

import io.larch.tools.etcd.DataDirectory;
import io.larch.tools.etcd.KvFiles;
import io.larch.tools.transfer.DirectorySource;
import io.larch.tools.transfer.Site;
import io.larch.tools.transfer.Source;
import io.larch.tools.transfer.V2Source;
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
            "Copies keys, directories and TTLs of an etcd 2 or 3 into the cluster, by the v2 API, or"
                    + " out of the files of one that does not run, and then v3 keys and leases, too."
                    + " May be run again after whatever ended it.",
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
                    "The data directory of an etcd 2.3 or 3.4 that does not run, in place of --from,"
                            + " or one of 3.5 or 3.6 with --api v3. Nothing in it is changed.")
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
            names = "--api",
            paramLabel = "API",
            description =
                    "With --from-data-dir: take the keys of the v2 API, of the v3 API, or of both:"
                            + " v2, v3, both. Default: those that there are.")
    private String api = "";

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
            run.run(running(), target);
        } else {
            files(run, target);
        }
        return 0;
    }

    private Source running() throws Failure {
        if (from.isEmpty()) {
            throw Failure.error(Failure.BAD_ARGUMENTS, "--from is required, or --from-data-dir");
        }
        if (!logDirectory.isEmpty() || isWhole || !api.isEmpty()) {
            throw Failure.error(
                    Failure.BAD_ARGUMENTS,
                    "--from-wal-dir, --whole-log and --api need --from-data-dir");
        }
        return new V2Source(session.remoteSite("source", from, flags));
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
        if (!List.of("", "v2", "v3", "both").contains(api)) {
            throw Failure.error(Failure.BAD_ARGUMENTS, "--api is v2, v3 or both: " + api);
        }
        final Path log = logDirectory.isEmpty() ? null : SnapshotCommand.path(logDirectory);
        final Path directory = SnapshotCommand.path(dataDirectory);
        final Consumer<String> told = line -> session.err().println(line);
        new FilesImport(
                        run,
                        new DirectorySource(new DataDirectory(directory, log), isWhole, told),
                        new KvFiles(directory, log),
                        isWhole,
                        told)
                .run(api, target);
    }
}
