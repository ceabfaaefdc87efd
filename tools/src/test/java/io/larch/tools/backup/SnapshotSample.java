package io.larch.tools.backup;

import java.io.IOException;
import java.nio.file.Path;

/** A snapshot with something of everything, for tests of those who use this room. */
public final class SnapshotSample {
    private SnapshotSample() {}

    /**
     * The bytes of its file.
     *
     * @param directory for the member that makes it.
     */
    public static byte[] bytes(final Path directory) throws IOException {
        try (LoadedMember member = new LoadedMember(directory.resolve("member")).load()) {
            return member.state();
        }
    }
}
