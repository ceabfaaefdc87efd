package io.larch.tools.ctl;

import java.io.IOException;
import java.util.SortedMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a key that must be new. */
@Command(
        name = "mk",
        customSynopsis = "larchctl mk [--in-order] [--ttl SECONDS] KEY [VALUE]",
        description =
                "Writes a key that there is not yet; without a value, what comes on standard input.")
final class MkCommand extends KeyCommand {
    @Option(
            names = "--in-order",
            description = "Below this directory, with a name behind all that are there.")
    private boolean isInOrder;

    @Option(names = "--ttl", paramLabel = "SECONDS", description = "How long it lives.")
    private long ttlSeconds;

    MkCommand(final Session session) {
        super(session);
    }

    @Override
    void run(final Keys keys) throws IOException, Failure {
        if (isInOrder) {
            print(keys.createInOrder(key(), value(), ttlSeconds));
            return;
        }
        final SortedMap<String, String> conditions = conditions("", 0);
        conditions.put("prevExist", "false");
        print(keys.set(key(), value(), conditions, ttlSeconds));
    }
}
