package io.larch.tools.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How many files and sockets the process may have open. */
final class FileLimit {
    /** Kept for the log, snapshots and peers; what is above is for clients. */
    static final int RESERVED = 150;

    private FileLimit() {}

    /**
     * The limit in force; {@link Integer#MAX_VALUE} when it is unlimited or cannot be found out.
     */
    static int current() {
        try {
            return parse(Files.readAllLines(Path.of("/proc/self/limits")));
        } catch (final IOException e) {
            return Integer.MAX_VALUE;
        }
    }

    static int parse(final List<String> limits) {
        for (final String line : limits) {
            if (line.startsWith("Max open files")) {
                final String soft = line.substring("Max open files".length()).strip().split(" ")[0];
                return soft.equals("unlimited") || soft.length() > 9
                        ? Integer.MAX_VALUE
                        : Integer.parseInt(soft);
            }
        }
        return Integer.MAX_VALUE;
    }

    /**
     * Checks that the limit leaves room for clients.
     *
     * @throws StartupException if it does not.
     */
    static void check(final int limit) {
        if (limit <= RESERVED) {
            throw new StartupException(
                    "file descriptor limit["
                            + limit
                            + "] of larchd process is too low, and should be set higher than "
                            + RESERVED
                            + " to ensure the member serves its clients");
        }
    }
}
