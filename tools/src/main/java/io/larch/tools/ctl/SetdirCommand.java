package io.larch.tools.ctl;

import picocli.CommandLine.Command;

/** Makes a directory of whatever is there. */
@Command(
        name = "setdir",
        customSynopsis = "larchctl setdir [--ttl SECONDS] KEY",
        description = "Makes a directory; a key of the name goes.")
final class SetdirCommand extends DirectoryCommand {
    SetdirCommand(final Session session) {
        super(session, "");
    }
}
