package io.larch.tools.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.wal.AppendPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir Path dir;

    @Test
    void shouldMakeDirectoriesForTheirUserAlone() throws IOException {
        final Path data = dir.resolve("a/b.etcd");

        directory(data).prepare();

        for (final String path : List.of("", "member", "member/snap", "member/wal")) {
            assertEquals(
                    "rwx------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(data.resolve(path))),
                    path);
        }
    }

    @Test
    void shouldTellARestartByTheLog() throws IOException {
        final DataDirectory directory = directory(dir);
        directory.prepare();
        assertFalse(directory.hasMember());

        Files.createFile(dir.resolve("member/wal/0000000000000000-0000000000000000.wal"));
        assertTrue(directory.hasMember());
    }

    @Test
    void shouldRefuseAFileInThePlaceOfADirectory() throws IOException {
        Files.createFile(dir.resolve("file"));

        final String message =
                assertThrows(
                                StartupException.class,
                                () -> directory(dir.resolve("file/data")).prepare())
                        .getMessage();

        assertTrue(message.startsWith("cannot access data directory: "), message);
    }

    @Test
    void shouldReadTheLimitOfOpenFiles() {
        assertEquals(
                1024,
                FileLimit.parse(
                        List.of(
                                "Max processes             1                    2          processes",
                                "Max open files            1024                 1048576    files")));
        assertEquals(
                Integer.MAX_VALUE,
                FileLimit.parse(List.of("Max open files            unlimited  unlimited  files")));
        assertThrows(StartupException.class, () -> FileLimit.check(150));
        FileLimit.check(151);
    }

    private static DataDirectory directory(final Path data) {
        return new DataDirectory(
                new ServerConfig.Storage(
                        data, data.resolve("member/wal"), 1, 5, 5, AppendPath.WRITE));
    }
}
