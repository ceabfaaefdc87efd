package io.larch.tools.ctl;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Explains the program, or one of its commands. */
@Command(
        name = "help",
        aliases = "h",
        customSynopsis = "larchctl help [COMMAND]",
        description = "Explains all, or one command.")
final class HelpCommand implements Callable<Integer> {
    private final Session session;

    @Spec private CommandSpec spec;

    @Parameters(hidden = true, arity = "0..*")
    private List<String> words = new ArrayList<>();

    HelpCommand(final Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        CommandLine command = spec.parent().commandLine();
        if (!words.isEmpty()) {
            command = command.getSubcommands().get(words.get(0));
            if (command == null) {
                throw GoFlags.noCommand(words.get(0));
            }
        }
        command.usage(session.out());
        return 0;
    }
}
