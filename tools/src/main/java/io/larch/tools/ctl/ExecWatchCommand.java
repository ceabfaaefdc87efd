package io.larch.tools.ctl;

import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a program for each event of a key. */
@Command(
        name = "exec-watch",
        customSynopsis = "larchctl exec-watch [options] KEY -- PROGRAM [ARGUMENTS...]",
        description = {
            "Runs a program for every change of a key, until Ctrl-C. The change is in the program's"
                    + " environment: ETCD_WATCH_ACTION, ETCD_WATCH_KEY, ETCD_WATCH_VALUE,"
                    + " ETCD_WATCH_MODIFIED_INDEX."
        })
final class ExecWatchCommand extends KeyCommand {
    private static final File NOTHING = new File("/dev/null");

    @Option(
            names = "--after-index",
            paramLabel = "INDEX",
            description = "Also changes that were made after this index.")
    private long afterIndex;

    @Option(
            names = {"--recursive", "-r"},
            description = "Also of what is below the key.")
    private boolean isRecursive;

    ExecWatchCommand(final Session session) {
        super(session);
    }

    @Override
    void run(final Keys keys) throws IOException, Failure {
        if (words().size() < 2) {
            throw Failure.error(Failure.BAD_ARGUMENTS, "key and command to exec required");
        }
        final List<String> program = words().subList(1, words().size());
        final KeyWatch watch = keys.watch(key(), isRecursive, afterIndex);
        WatchCommand.endQuietly();
        while (true) {
            final KeyReply event = watch.next();
            if (event.node().isDirectory()) {
                session().err().println("Ignored dir " + event.node().key() + " change");
            } else {
                start(program, event);
            }
        }
    }

    /** Nobody waits for its end: the next event may come before. */
    private static void start(final List<String> program, final KeyReply event) throws Failure {
        final ProcessBuilder builder = new ProcessBuilder(program);
        final Map<String, String> environment = builder.environment();
        environment.put("ETCD_WATCH_ACTION", event.action());
        environment.put(
                "ETCD_WATCH_MODIFIED_INDEX", Long.toUnsignedString(event.node().modifiedIndex()));
        environment.put("ETCD_WATCH_KEY", event.node().key());
        environment.put("ETCD_WATCH_VALUE", event.node().value());
        builder.redirectInput(NOTHING);
        builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            builder.start();
        } catch (final IOException e) {
            throw new Failure(Failure.BAD_ARGUMENTS, e.getMessage());
        }
    }
}
