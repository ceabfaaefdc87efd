package io.larch.tools.ctl;

import picocli.CommandLine.Command;

/** Makes a directory. */
@Command(
        name = "mkdir",
        customSynopsis = "larchctl mkdir [--ttl SECONDS] KEY",
        description = "Makes a directory that there is not yet.")
final class MkdirCommand extends DirectoryCommand {
    MkdirCommand(final Session session) {
        super(session, "false");
    }
}
