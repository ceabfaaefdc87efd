package io.larch.engine.wal;

import static io.larch.engine.wal.WriteAheadLogTest.append;
import static io.larch.engine.wal.WriteAheadLogTest.entries;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The engine, the sync thread and the pool's thread at once, on real files. */
class WalThreadsTest {
    private static final int ROUNDS = 1000;

    @TempDir Path directory;

    private WalContext context(final AppendPath appendPath) {
        return new WalContext()
                .directory(directory)
                .appendPath(appendPath)
                .segmentLengthBytes(32 * 1024)
                .firstSegmentLengthBytes(16 * 1024)
                .stagingLengthBytes(4096);
    }

    @ParameterizedTest
    @EnumSource(AppendPath.class)
    void shouldKeepTheLogWholeWhileThreadsSyncAndReuseSegments(final AppendPath appendPath)
            throws InterruptedException {
        final Semaphore durable = new Semaphore(0);
        try (WriteAheadLog log =
                WriteAheadLog.open(context(appendPath).onDurable(durable::release))) {
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < 10; i++) {
                    append(log, 1, "entry " + (log.lastIndex() + 1));
                }
                if (round % 7 == 0) {
                    log.sync();
                } else {
                    log.requestSync();
                }
                if (round % 50 == 0) {
                    while (log.isSyncPending()) {
                        durable.acquire();
                    }
                    log.compact(log.lastIndex() - 100);
                }
                assertTrue(log.durablePosition() <= log.position());
            }
        }
        for (final AppendPath other : AppendPath.values()) {
            try (WriteAheadLog log = WriteAheadLog.open(context(other))) {
                assertEquals(10L * ROUNDS, log.lastIndex());
                long index = log.firstIndex();
                for (final String entry : entries(log)) {
                    assertEquals(index + "@1 entry " + index, entry);
                    index++;
                }
                assertEquals(log.lastIndex() + 1, index);
            }
        }
    }
}
