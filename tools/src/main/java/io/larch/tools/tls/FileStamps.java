package io.larch.tools.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * By what it is seen that files are not what they were: written anew, renamed into place, or
 * reached by a symbolic link that leads elsewhere now.
 */
final class FileStamps {
    private FileStamps() {}

    /** Equal to an earlier answer as long as nothing has changed. */
    static List<Object> of(final List<String> names) {
        final List<Object> stamps = new ArrayList<>();
        for (final String name : names) {
            stamps.add(stamp(name));
        }
        return stamps;
    }

    private static List<Object> stamp(final String name) {
        try {
            final BasicFileAttributes file =
                    Files.readAttributes(Path.of(name), BasicFileAttributes.class);
            return List.of(file.size(), file.lastModifiedTime(), String.valueOf(file.fileKey()));
        } catch (final IOException | InvalidPathException e) {
            return List.of(e.getClass());
        }
    }
}
