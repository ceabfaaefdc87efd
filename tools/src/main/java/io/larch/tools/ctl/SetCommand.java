package io.larch.tools.ctl;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a key. */
@Command(
        name = "set",
        customSynopsis = "larchctl set [options] KEY [VALUE]",
        description = {
            "Writes a key; without a value, what comes on standard input.",
            "A value that begins with a dash is written behind --."
        })
final class SetCommand extends KeyCommand {
    @Option(names = "--ttl", paramLabel = "SECONDS", description = "How long it lives.")
    private long ttlSeconds;

    @Option(
            names = "--swap-with-value",
            paramLabel = "VALUE",
            description = "Only if it has this value.")
    private String prevValue = "";

    @Option(
            names = "--swap-with-index",
            paramLabel = "INDEX",
            description = "Only if it was last changed at this index.")
    private long prevIndex;

    SetCommand(final Session session) {
        super(session);
    }

    @Override
    void run(final Keys keys) throws IOException, Failure {
        print(keys.set(key(), value(), conditions(prevValue, prevIndex), ttlSeconds));
    }
}
