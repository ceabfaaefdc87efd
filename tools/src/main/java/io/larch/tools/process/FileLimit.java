package io.larch.tools.process;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How many files and sockets the process may have open. */
public final class FileLimit {
    /** Kept for the log, snapshots and peers; what is above is for clients. */
    public static final int RESERVED = 150;

    /** Of those, what may be opened beyond what is open when the member begins to serve. */
    private static final int GROWTH = 100;

    /** Of those, connections that may be open at the peers' port at once. */
    public static final int PEER_CONNECTIONS = 50;

    private FileLimit() {}

    /**
     * The limit in force; {@link Integer#MAX_VALUE} when it is unlimited or cannot be found out.
     */
    public static int current() {
        try {
            return parse(Files.readAllLines(Path.of("/proc/self/limits")));
        } catch (final IOException e) {
            return Integer.MAX_VALUE;
        }
    }

    /** Connections that clients of this process may have open at once. */
    public static int forClients() {
        final long open =
                ManagementFactory.getOperatingSystemMXBean()
                                instanceof UnixOperatingSystemMXBean unix
                        ? unix.getOpenFileDescriptorCount()
                        : 0;
        return forClients(current(), open);
    }

    /**
     * @param open what the member has open itself.
     */
    static int forClients(final int limit, final long open) {
        final long kept = Math.max(RESERVED, open + GROWTH);
        return limit == Integer.MAX_VALUE ? limit : (int) Math.max(1, limit - kept);
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
    public static void check(final int limit) {
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
