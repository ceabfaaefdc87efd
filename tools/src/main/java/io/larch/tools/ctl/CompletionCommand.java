package io.larch.tools.ctl;

import java.util.Set;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what lets a shell complete command lines. */
@Command(
        name = "completion",
        customSynopsis = "larchctl completion bash|zsh",
        description = {
            "Prints what lets a shell complete the command lines of larchctl.",
            "In bash:",
            "",
            "  source <(larchctl completion bash)"
        })
final class CompletionCommand extends ListCommand {
    private static final Set<String> SHELLS = Set.of("bash", "zsh");

    @Spec private CommandSpec spec;

    CompletionCommand(final Session session) {
        super(session);
    }

    @Override
    void run() throws Failure {
        final String message = "Provide the name of a shell: bash or zsh";
        if (!SHELLS.contains(words(1, message).get(0))) {
            throw new Failure(Failure.BAD_ARGUMENTS, message);
        }
        // One script does for both: it finds out whose it is.
        out().println(AutoComplete.bash("larchctl", spec.root().commandLine()));
    }
}
