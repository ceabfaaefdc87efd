package io.larch.tools.ctl;

import io.larch.tools.transfer.Source;
import io.larch.tools.transfer.V2Source;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies the keys of an etcd into this cluster. */
@Command(
        name = "import",
        customSynopsis = "larchctl import --from URLS [--to URLS] [options]",
        description = {
            "Copies keys, directories and TTLs of an etcd 2 or 3 into the cluster, by the v2 API. May"
                    + " be run again after whatever ended it.",
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
        if (from.isEmpty()) {
            throw Failure.error(Failure.BAD_ARGUMENTS, "--from is required");
        }
        final Source source = new V2Source(session.remoteSite("source", from, flags));
        new CopyRun(session, flags).run(source, session.ownSite("target", to, flags));
        return 0;
    }
}
