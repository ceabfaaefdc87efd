package io.larch.tools.ctl;

import io.larch.tools.process.Signals;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints events of a key. */
@Command(
        name = "watch",
        customSynopsis = "larchctl watch [options] KEY",
        description = "Waits for a change of a key and prints it.")
final class WatchCommand extends KeyCommand {
    @Option(
            names = {"--forever", "-f"},
            description = "Every change, until Ctrl-C.")
    private boolean isForever;

    @Option(
            names = "--after-index",
            paramLabel = "INDEX",
            description = "Also changes that were made after this index.")
    private long afterIndex;

    @Option(
            names = {"--recursive", "-r"},
            description = "Also of what is below the key.")
    private boolean isRecursive;

    WatchCommand(final Session session) {
        super(session);
    }

    @Override
    void run(final Keys keys) throws IOException, Failure {
        final KeyWatch watch = keys.watch(key(), isRecursive, afterIndex);
        endQuietly();
        do {
            KeyReply event = watch.next();
            while (event.node().isDirectory()) {
                event = watch.next();
            }
            if (isRecursive) {
                session().out().println("[" + event.action() + "] " + event.node().key());
            }
            print(event);
        } while (isForever);
    }

    /** Ctrl-C is how a watch is meant to end. */
    static void endQuietly() {
        Signals.onSignal(
                kind -> Runtime.getRuntime().halt(kind == Signals.Kind.INT ? 0 : kind.status()));
    }
}
