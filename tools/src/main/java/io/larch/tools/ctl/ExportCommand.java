package io.larch.tools.ctl;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies the keys of this cluster into an etcd. */
@Command(
        name = "export",
        customSynopsis = "larchctl export --to URLS [--from URLS] [options]",
        description = {
            "Copies keys, directories and TTLs of the v2 API, and keys and leases of the v3 API, of"
                    + " the cluster into an etcd 2 or 3. May be run again after whatever ended it.",
            ""
        })
final class ExportCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--to",
            paramLabel = "URLS",
            description = "Where members of the etcd are, with commas between.")
    private String to = "";

    @Option(
            names = "--from",
            paramLabel = "URLS",
            description = "Where members of Larch are. Default: --endpoints.")
    private String from = "";

    @Mixin private final CopyFlags flags = new CopyFlags();

    @Parameters(hidden = true, arity = "0..*")
    private List<String> words;

    ExportCommand(final Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        if (to.isEmpty()) {
            throw Failure.error(Failure.BAD_ARGUMENTS, "--to is required");
        }
        new ServersCopy(new CopyRun(session, flags), flags, line -> session.err().println(line))
                .run(
                        session.ownSite("source", from, flags),
                        session.remoteSite("target", to, flags));
        return 0;
    }
}
