package io.larch.tools.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the build has packed for installing, which it does before the slow tests. */
final class Packages {
    private static final Path DIRECTORY = Path.of("target/packages").toAbsolutePath();

    private Packages() {}

    /** The one package of this kind; skips the test where none was made. */
    static Path ofKind(final String suffix) throws IOException {
        if (!Servers.arePeersRequired()) {
            assumeTrue(Files.isDirectory(DIRECTORY), "nothing is packed");
        }
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            final List<Path> packages =
                    files.filter(file -> file.getFileName().toString().endsWith(suffix)).toList();
            if (packages.size() != 1) {
                throw new IOException(
                        "not one package " + suffix + " in " + DIRECTORY + ": " + packages);
            }
            return packages.get(0);
        }
    }
}
