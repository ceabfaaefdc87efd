package io.larch.tools.ctl;

import java.io.IOException;
import java.util.SortedMap;
import picocli.CommandLine.Command;

/** Deletes an empty directory. */
@Command(
        name = "rmdir",
        customSynopsis = "larchctl rmdir KEY",
        description = "Deletes a key, or a directory if it is empty.")
final class RmdirCommand extends KeyCommand {
    RmdirCommand(final Session session) {
        super(session);
    }

    @Override
    void run(final Keys keys) throws IOException, Failure {
        final SortedMap<String, String> conditions = conditions("", 0);
        conditions.put("dir", "true");
        final KeyReply reply = keys.delete(key(), conditions);
        if (reply.node().isDirectory()) {
            printDirectory(reply);
        } else {
            print(reply);
        }
    }
}
