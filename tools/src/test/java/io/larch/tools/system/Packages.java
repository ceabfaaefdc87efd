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
        return only(suffix, allOfKind(suffix));
    }

    /** The same of a kind that is made only when a profile of the build says so. */
    static Path ofProfile(final String suffix) throws IOException {
        if (!Servers.arePeersRequired()) {
            assumeTrue(Files.isDirectory(DIRECTORY), "nothing is packed");
            assumeTrue(!allOfKind(suffix).isEmpty(), "not packed without its profile");
        }
        return only(suffix, allOfKind(suffix));
    }

    private static Path only(final String suffix, final List<Path> packages) throws IOException {
        if (packages.size() != 1) {
            throw new IOException(
                    "not one package " + suffix + " in " + DIRECTORY + ": " + packages);
        }
        return packages.get(0);
    }

    private static List<Path> allOfKind(final String suffix) throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.filter(file -> file.getFileName().toString().endsWith(suffix)).toList();
        }
    }
}
