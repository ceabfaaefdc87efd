package io.larch.tools.ctl;

import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the names in a directory. */
@Command(
        name = "ls",
        customSynopsis = "larchctl ls [--sort] [--recursive] [-p] [--quorum] [KEY]",
        description = "Prints the names of what is in a directory; without a key, in the first.")
final class LsCommand extends KeyCommand {
    @Option(names = "--sort", description = "In the order of names.")
    private boolean isSorted;

    @Option(
            names = {"--recursive", "-r"},
            description = "Also what is in directories below.")
    private boolean isRecursive;

    @Option(names = "-p", description = "With a slash behind the name of a directory.")
    private boolean isMarked;

    @Option(
            names = {"--quorum", "-q"},
            description = "What a majority of the members has.")
    private boolean isQuorum;

    LsCommand(final Session session) {
        super(session);
    }

    @Override
    void run(final Keys keys) throws IOException, Failure {
        final String key = words().isEmpty() ? "/" : key();
        final KeyReply reply = keys.get(key, isRecursive, isSorted, isQuorum);
        if (!session().printer().isSimple()) {
            print(reply);
            return;
        }
        if (!reply.node().isDirectory()) {
            session().out().println(reply.node().key());
        }
        list(reply.node().nodes());
    }

    private void list(final List<Node> nodes) {
        if (nodes == null) {
            return;
        }
        for (final Node node : nodes) {
            session().out().println(node.key() + (isMarked && node.isDirectory() ? "/" : ""));
            list(node.nodes());
        }
    }
}
