package io.larch.tools.dump;

import io.larch.engine.wal.WalScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/** Finds the files that are meant by a path: a file itself, or a directory somewhere above. */
final class MemberFiles {
    private MemberFiles() {}

    /** Segments of a log, in their order. */
    static List<Path> segments(final Path path) {
        return files(path, "wal", "*.wal", WalScanner::segments);
    }

    /** Snapshots, oldest first. */
    static List<Path> snapshots(final Path path) {
        return files(path, "snap", "*.snap", MemberFiles::snapshotsIn);
    }

    /**
     * @param room directory of the member's that holds such files.
     * @param in finds those of a directory.
     * @throws UncheckedIOException when there are none.
     */
    private static List<Path> files(
            final Path path,
            final String room,
            final String pattern,
            final Function<Path, List<Path>> in) {
        if (!Files.exists(path)) {
            throw failure(path + ": no such file or directory");
        }
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        for (final Path directory :
                List.of(path, path.resolve(room), path.resolve("member").resolve(room))) {
            final List<Path> files = Files.isDirectory(directory) ? in.apply(directory) : List.of();
            if (!files.isEmpty()) {
                return files;
            }
        }
        throw failure("no " + pattern + " below " + path);
    }

    private static UncheckedIOException failure(final String what) {
        return new UncheckedIOException(what, new IOException(what));
    }

    /** Their names sort as they follow each other. */
    private static List<Path> snapshotsIn(final Path directory) {
        final List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.snap")) {
            files.forEach(found::add);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        Collections.sort(found);
        return found;
    }
}
