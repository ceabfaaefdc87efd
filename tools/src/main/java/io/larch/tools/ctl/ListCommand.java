package io.larch.tools.ctl;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Parameters;

/** What the commands for members, users and roles have in common: how words and refusals go. */
abstract class ListCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(hidden = true, arity = "0..*")
    private List<String> words = new ArrayList<>();

    ListCommand(final Session session) {
        this.session = session;
    }

    @Override
    public final Integer call() throws Failure {
        try {
            run();
            return 0;
        } catch (final IOException e) {
            throw Failure.plain(e);
        }
    }

    /** Does what the command is for, and prints what became of it. */
    abstract void run() throws IOException, Failure;

    final Session session() {
        return session;
    }

    final PrintWriter out() {
        return session.out();
    }

    final void noWords() throws Failure {
        words(0, "No arguments accepted");
    }

    /** So many words, or a failure of this message. */
    final List<String> words(final int count, final String message) throws Failure {
        if (words.size() != count) {
            throw new Failure(Failure.BAD_ARGUMENTS, message);
        }
        return words;
    }
}
