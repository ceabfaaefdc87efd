package io.larch.tools.ctl;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints a key's value. */
@Command(
        name = "get",
        customSynopsis = "larchctl get [--sort] [--quorum] KEY",
        description = "Prints the value of a key.")
final class GetCommand extends KeyCommand {
    @Option(names = "--sort", description = "As etcdctl has it; a key has no order.")
    private boolean isSorted;

    @Option(
            names = {"--quorum", "-q"},
            description = "What a majority of the members has.")
    private boolean isQuorum;

    GetCommand(final Session session) {
        super(session);
    }

    @Override
    void run(final Keys keys) throws IOException, Failure {
        final KeyReply reply = keys.get(key(), false, isSorted, isQuorum);
        if (reply.node().isDirectory()) {
            throw new Failure(Failure.BAD_ARGUMENTS, reply.node().key() + ": is a directory");
        }
        print(reply);
    }
}
