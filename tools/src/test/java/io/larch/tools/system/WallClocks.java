package io.larch.tools.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Wall clocks that a test sets, of processes that run on one machine: libfaketime tells each
 * process its own. Monotonic clocks are left alone, as they are when a machine's clock is set.
 *
 * <p>Not threadsafe.
 */
final class WallClocks implements BeforeEachCallback, AfterEachCallback {
    private static final Path LIBRARIES = Path.of("/usr/lib");
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final Pattern LEFT_BEHIND = Pattern.compile("(?:sem\\.)?faketime_.*_(\\d+)");

    private Path directory;
    private Path library;

    /** The test is skipped without the library, unless it must not be skipped here. */
    @Override
    public void beforeEach(final ExtensionContext context) throws IOException {
        library = library();
        if (library == null) {
            assumeTrue(Servers.arePeersRequired(), "needs libfaketime");
            throw new IOException("no libfaketime below " + LIBRARIES);
        }
        removeLeftBehind();
        directory = Files.createTempDirectory("larch-clocks");
    }

    /** Below the directory of the machine's kind. */
    private static Path library() throws IOException {
        try (DirectoryStream<Path> kinds = Files.newDirectoryStream(LIBRARIES, "*-linux-*")) {
            for (final Path kind : kinds) {
                final Path found = kind.resolve("faketime/libfaketime.so.1");
                if (Files.exists(found)) {
                    return found;
                }
            }
        }
        return null;
    }

    /** The words in front of a command that is to have a clock, which is right at first. */
    List<String> launcher(final int number) {
        try {
            set(number, 0);
        } catch (final IOException e) {
            throw new IllegalStateException("no clock", e);
        }
        return List.of(
                "env",
                "LD_PRELOAD=" + library,
                "FAKETIME_TIMESTAMP_FILE=" + file(number),
                "FAKETIME_CACHE_DURATION=1",
                "FAKETIME_DONT_FAKE_MONOTONIC=1",
                // Unless told not to, it makes Java's timed waits end at once.
                "FAKETIME_FORCE_MONOTONIC_FIX=0",
                "NO_FAKE_STAT=1");
    }

    /** Sets a clock to so many seconds ahead of the right time; below 0: behind it. */
    void set(final int number, final int seconds) throws IOException {
        Files.writeString(file(number), (seconds < 0 ? "" : "+") + seconds + "\n");
    }

    private Path file(final int number) {
        return directory.resolve("clock" + number);
    }

    /** Each process with such a clock holds shared memory, which stays when it is killed. */
    private static void removeLeftBehind() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(SHARED_MEMORY)) {
            for (final Path file : files) {
                final Matcher name = LEFT_BEHIND.matcher(file.getFileName().toString());
                if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    @Override
    public void afterEach(final ExtensionContext context) throws IOException {
        if (directory != null) {
            Servers.delete(directory);
        }
        removeLeftBehind();
    }
}
