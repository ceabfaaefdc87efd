package io.larch.tools.ctl;

import java.io.IOException;
import java.util.SortedMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a key that must be there. */
@Command(
        name = "update",
        customSynopsis = "larchctl update [--ttl SECONDS] KEY [VALUE]",
        description =
                "Writes a key that there is already; without a value, what comes on standard input.")
final class UpdateCommand extends KeyCommand {
    @Option(names = "--ttl", paramLabel = "SECONDS", description = "How long it lives.")
    private long ttlSeconds;

    UpdateCommand(final Session session) {
        super(session);
    }

    @Override
    void run(final Keys keys) throws IOException, Failure {
        final SortedMap<String, String> conditions = conditions("", 0);
        conditions.put("prevExist", "true");
        print(keys.set(key(), value(), conditions, ttlSeconds));
    }
}
