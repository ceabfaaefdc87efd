package io.larch.tools.ctl;

import java.io.IOException;
import java.util.SortedMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Deletes a key or a directory. */
@Command(
        name = "rm",
        customSynopsis = "larchctl rm [options] KEY",
        description = "Deletes a key, or a directory if an option says so.")
final class RmCommand extends KeyCommand {
    @Option(names = "--dir", description = "Also a directory, if it is empty.")
    private boolean isDirectory;

    @Option(
            names = {"--recursive", "-r"},
            description = "Also a directory, with all that is in it.")
    private boolean isRecursive;

    @Option(
            names = "--with-value",
            paramLabel = "VALUE",
            description = "Only if it has this value.")
    private String prevValue = "";

    @Option(
            names = "--with-index",
            paramLabel = "INDEX",
            description = "Only if it was last changed at this index.")
    private long prevIndex;

    RmCommand(final Session session) {
        super(session);
    }

    @Override
    void run(final Keys keys) throws IOException, Failure {
        final SortedMap<String, String> conditions = conditions(prevValue, prevIndex);
        if (isDirectory) {
            conditions.put("dir", "true");
        }
        if (isRecursive) {
            conditions.put("recursive", "true");
        }
        final KeyReply reply = keys.delete(key(), conditions);
        if (reply.node().isDirectory()) {
            printDirectory(reply);
        } else {
            print(reply);
        }
    }
}
