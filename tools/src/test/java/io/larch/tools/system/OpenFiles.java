package io.larch.tools.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How many files and sockets this process, and each it starts, may have open. */
final class OpenFiles {
    private OpenFiles() {}

    /**
     * Make sure of so many. The test is skipped where the system does not allow it, unless tests
     * must not be skipped here.
     */
    static void allow(final int count) throws IOException, InterruptedException {
        if (limit() >= count) {
            return;
        }
        final String problem = raise(count);
        assumeTrue(limit() >= count || Servers.arePeersRequired(), "needs open files: " + problem);
        if (limit() < count) {
            throw new IOException("cannot have " + count + " files open: " + problem);
        }
    }

    private static String raise(final int count) throws InterruptedException {
        final String pid = Long.toString(ProcessHandle.current().pid());
        try {
            return Command.run(
                            Map.of(),
                            List.of("prlimit", "--pid", pid, "--nofile=" + count + ":" + count))
                    .output();
        } catch (final IOException e) {
            return e.getMessage();
        }
    }

    private static int limit() throws IOException {
        for (final String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
            if (line.startsWith("Max open files")) {
                final String soft = line.split("\\s+")[3];
                return soft.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(soft);
            }
        }
        throw new IOException("the system does not tell its limits");
    }
}
