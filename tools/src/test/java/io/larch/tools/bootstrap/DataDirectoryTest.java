package io.larch.tools.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.raft.EntryKind;
import io.larch.engine.wal.AppendPath;
import io.larch.engine.wal.WalContext;
import io.larch.engine.wal.WriteAheadLog;
import io.larch.tools.flags.ServerConfig;
import io.larch.tools.process.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
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
    void shouldTellARestartByTheLog() {
        final DataDirectory directory = directory(dir);
        directory.prepare();
        assertFalse(directory.hasMember());

        try (WriteAheadLog log = openLog()) {
            log.memberMeta(1, 2, new UnsafeBuffer(new byte[0]), 0, 0);
            log.saveHardState(1, 0, 0);
            log.sync();
        }
        assertFalse(directory.hasMember(), "a first start that was cut short");

        try (WriteAheadLog log = openLog()) {
            log.append(1, EntryKind.CONF_CHANGE, new UnsafeBuffer(new byte[8]), 0, 8);
            log.saveHardState(1, 0, 1);
            log.sync();
        }
        assertTrue(directory.hasMember());
    }

    @Test
    void shouldLookNoFurtherThanDamage() throws IOException {
        final DataDirectory directory = directory(dir);
        directory.prepare();
        try (WriteAheadLog log = openLog()) {
            log.append(1, EntryKind.CONF_CHANGE, new UnsafeBuffer(new byte[8]), 0, 8);
            log.saveHardState(1, 0, 1);
            log.sync();
        }
        final Path segment = dir.resolve("member/wal/0000000000000001-0000000000000001.wal");
        final byte[] bytes = Files.readAllBytes(segment);
        bytes[70] ^= 1;
        Files.write(segment, bytes);

        assertFalse(directory.hasMember());
    }

    @Test
    void shouldTellARestartByALogOfMoreThanOneFile() throws IOException {
        final DataDirectory directory = directory(dir);
        directory.prepare();
        Files.createFile(dir.resolve("member/wal/0000000000000001-0000000000000001.wal"));
        assertFalse(directory.hasMember());

        Files.createFile(dir.resolve("member/wal/0000000000000002-0000000000000009.wal"));
        assertTrue(directory.hasMember());
    }

    private WriteAheadLog openLog() {
        return WriteAheadLog.open(
                new WalContext()
                        .directory(dir.resolve("member/wal"))
                        .segmentLengthBytes(8192)
                        .firstSegmentLengthBytes(8192)
                        .ownThreads(false));
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

    private static DataDirectory directory(final Path data) {
        return new DataDirectory(
                new ServerConfig.Storage(
                        data,
                        data.resolve("member/wal"),
                        1,
                        false,
                        5,
                        5,
                        true,
                        AppendPath.WRITE,
                        null));
    }
}
