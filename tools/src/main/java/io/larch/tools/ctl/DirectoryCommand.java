package io.larch.tools.ctl;

import java.io.IOException;
import java.util.SortedMap;
import picocli.CommandLine.Option;

/** What the commands that make directories have in common. */
abstract class DirectoryCommand extends KeyCommand {
    @Option(names = "--ttl", paramLabel = "SECONDS", description = "How long it lives.")
    private long ttlSeconds;

    private final String prevExist;

    /**
     * @param prevExist whether it must be there before; empty: either.
     */
    DirectoryCommand(final Session session, final String prevExist) {
        super(session);
        this.prevExist = prevExist;
    }

    @Override
    final void run(final Keys keys) throws IOException, Failure {
        final SortedMap<String, String> conditions = conditions("", 0);
        conditions.put("dir", "true");
        if (!prevExist.isEmpty()) {
            conditions.put("prevExist", prevExist);
        }
        printDirectory(keys.set(key(), "", conditions, ttlSeconds));
    }
}
