package io.larch.tools.ctl;

import java.io.IOException;
import picocli.CommandLine.Command;

/** Whether the cluster asks who it is. */
@Command(
        name = "auth",
        description = "Turns users and roles on and off.",
        subcommands = {AuthCommand.Enable.class, AuthCommand.Disable.class})
final class AuthCommand extends Group {
    private AuthCommand(final Session session) {}

    /** From now on it asks. */
    @Command(
            name = "enable",
            customSynopsis = "larchctl auth enable",
            description = "From now on everybody is asked who it is.")
    static final class Enable extends ListCommand {
        Enable(final Session session) {
            super(session);
        }

        @Override
        void run() throws IOException, Failure {
            noWords();
            session().auth().enable();
            out().println("Authentication Enabled");
        }
    }

    /** From now on everybody may do everything. */
    @Command(
            name = "disable",
            customSynopsis = "larchctl auth disable",
            description = "From now on everybody may do everything.")
    static final class Disable extends ListCommand {
        Disable(final Session session) {
            super(session);
        }

        @Override
        void run() throws IOException, Failure {
            noWords();
            session().auth().disable();
            out().println("Authentication Disabled");
        }
    }
}
