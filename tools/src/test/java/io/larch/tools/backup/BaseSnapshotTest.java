package io.larch.tools.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.snapshot.SnapshotContext;
import io.larch.engine.snapshot.SnapshotTaker;
import io.larch.tools.backup.BackupException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that has all its checksums, and in it what no member writes. */
class BaseSnapshotTest {
    private static final int CONFIG_LENGTH = 64;

    @TempDir Path directory;

    private Path snapshot;

    @BeforeEach
    void write() {
        final SnapshotContext context =
                new SnapshotContext().directory(directory.resolve("snap")).maxSnapshots(0);
        try (SnapshotTaker taker =
                SnapshotTaker.start(
                        context.executor(Runnable::run),
                        true,
                        0xC1,
                        5,
                        1,
                        config(),
                        0,
                        CONFIG_LENGTH)) {
            taker.beginSection("other", 1);
            taker.finish();
            snapshot = taker.file();
        }
    }

    /** Lengths that are right, and numbers that point behind the end. */
    private static UnsafeBuffer config() {
        final UnsafeBuffer config = new UnsafeBuffer(new byte[CONFIG_LENGTH]);
        config.setMemory(0, CONFIG_LENGTH, (byte) 0x7F);
        config.putInt(0, 0);
        config.putInt(4, 40);
        config.putInt(48, 12);
        return config;
    }

    @Test
    void shouldBeToldAsDamagedWhateverIsInIt() {
        for (final BackupException e :
                new BackupException[] {
                    assertThrows(BackupException.class, () -> BaseSnapshot.of(snapshot)),
                    assertThrows(BackupException.class, () -> SnapshotSummary.of(snapshot))
                }) {
            assertEquals(Kind.DAMAGED, e.kind(), e.getMessage());
            assertTrue(e.getMessage().startsWith(snapshot + ": "), e.getMessage());
        }
    }

    /** As a disk that takes no more keeps it from being made. */
    @Test
    void shouldTellADiskFromABuildThatCannotReadIt() throws IOException {
        final ScratchMember member =
                ScratchMember.make(directory.resolve("scratch"), BaseSnapshot.nothing(0xC1));
        Files.createFile(directory.resolve("scratch/wal"));
        final BackupException e = assertThrows(BackupException.class, member::open);
        assertEquals(Kind.FILES, e.kind(), e.getMessage());
    }
}
