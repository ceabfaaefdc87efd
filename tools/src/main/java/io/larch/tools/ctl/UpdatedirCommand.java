package io.larch.tools.ctl;

import picocli.CommandLine.Command;

/** Gives a directory another time to live. */
@Command(
        name = "updatedir",
        customSynopsis = "larchctl updatedir [--ttl SECONDS] KEY",
        description = "Gives a directory that there is another time to live, or none.")
final class UpdatedirCommand extends DirectoryCommand {
    UpdatedirCommand(final Session session) {
        super(session, "true");
    }
}
