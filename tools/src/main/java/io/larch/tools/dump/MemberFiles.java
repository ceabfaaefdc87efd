package io.larch.tools.dump;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Finds the files that are meant by a path: a file itself, or a directory somewhere above. */
final class MemberFiles {
    private MemberFiles() {}

    /** Segments of a log, in their order. */
    static List<Path> segments(final Path path) {
        return files(path, "wal", "*.wal");
    }

    /** Snapshots, oldest first. */
    static List<Path> snapshots(final Path path) {
        return files(path, "snap", "*.snap");
    }

    /**
     * @param room directory of the member's that holds such files.
     * @throws UncheckedIOException when there are none.
     */
    private static List<Path> files(final Path path, final String room, final String pattern) {
        try {
            if (!Files.isDirectory(path)) {
                if (!Files.exists(path)) {
                    throw new IOException(path + ": no such file or directory");
                }
                return List.of(path);
            }
            for (final Path directory :
                    List.of(path, path.resolve(room), path.resolve("member").resolve(room))) {
                final List<Path> files = in(directory, pattern);
                if (!files.isEmpty()) {
                    return files;
                }
            }
            throw new IOException("no " + pattern + " below " + path);
        } catch (final IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** Their names sort as they follow each other. */
    private static List<Path> in(final Path directory, final String pattern) throws IOException {
        final List<Path> found = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, pattern)) {
                files.forEach(found::add);
            }
        }
        Collections.sort(found);
        return found;
    }
}
