package io.larch.tools.ctl;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Parameters;

/** What the commands for keys have in common. The cluster is looked for before words are. */
abstract class KeyCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(hidden = true, arity = "0..*")
    private List<String> words = new ArrayList<>();

    KeyCommand(final Session session) {
        this.session = session;
    }

    @Override
    public final Integer call() throws Failure {
        final Keys keys = session.keys();
        try {
            run(keys);
            return 0;
        } catch (final IOException e) {
            throw Failure.error(Failure.SERVER_ERROR, e);
        }
    }

    /** Does what the command is for, and prints what became of it. */
    abstract void run(Keys keys) throws IOException, Failure;

    final Session session() {
        return session;
    }

    final List<String> words() {
        return words;
    }

    final String key() throws Failure {
        if (words.isEmpty()) {
            throw Failure.error(Failure.BAD_ARGUMENTS, "key required");
        }
        return words.get(0);
    }

    /** The second word, or the input. */
    final String value() throws Failure {
        return words.size() > 1 ? words.get(1) : session.value();
    }

    final void print(final KeyReply reply) {
        session.printer().print(reply);
    }

    /** Of directories only formats for programs tell. */
    final void printDirectory(final KeyReply reply) {
        if (!session.printer().isSimple()) {
            print(reply);
        }
    }

    /** Conditions of a write, without those that are not given. */
    static SortedMap<String, String> conditions(final String prevValue, final long prevIndex) {
        final SortedMap<String, String> conditions = new TreeMap<>();
        if (!prevValue.isEmpty()) {
            conditions.put("prevValue", prevValue);
        }
        if (prevIndex != 0) {
            conditions.put("prevIndex", Long.toUnsignedString(prevIndex));
        }
        return conditions;
    }
}
