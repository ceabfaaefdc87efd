package io.larch.tools.etcd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The files of an etcd 3.4.23 that was killed, started with {@code --enable-v2=true
 * --snapshot-count=30} in the time zone of Berlin, and what it had answered just before. Of its log
 * zeros at the end are left out, and its {@code db}.
 */
public final class Recorded {
    /** Of the last write. */
    public static final int INDEX = 62;

    private static final Path FILES = Path.of("src/test/resources/etcd-3.4");
    private static final String LOG = "member/wal/0000000000000000-0000000000000000.wal";
    private static final String NEWER = "member/snap/0000000000000002-000000000000003e.snap";
    private static final String OLDER = "member/snap/0000000000000002-000000000000001f.snap";

    private final Path directory;

    private Recorded(final Path directory) {
        this.directory = directory;
    }

    /** A copy that may be changed. */
    public static Recorded in(final Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(FILES)) {
            for (final Path file : files.toList()) {
                final Path copy = directory.resolve(FILES.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
        return new Recorded(directory);
    }

    public Path directory() {
        return directory;
    }

    public Path log() {
        return directory.resolve(LOG);
    }

    public Path newer() {
        return directory.resolve(NEWER);
    }

    public Path older() {
        return directory.resolve(OLDER);
    }

    /** What etcd answered, with what it hides. */
    static Map<String, String> answered() throws IOException {
        final Map<String, String> lines = new TreeMap<>();
        lines.putAll(Listing.of(Files.readString(FILES.resolve("listing.json"))));
        lines.putAll(Listing.of(Files.readString(FILES.resolve("hidden.json"))));
        return lines;
    }
}
