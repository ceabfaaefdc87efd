package io.larch.engine.wal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.larch.engine.raft.EntryKind;
import io.larch.engine.raft.LogStorage;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WalAllocationTest {
    private static final int ROUNDS = 500;
    private static final int ENTRIES_PER_ROUND = 8;

    /** Less than one small object a round. */
    private static final long ALLOWED_BYTES = ROUNDS * 8;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final UnsafeBuffer body = new UnsafeBuffer(new byte[200]);
    private long bytesRead;
    private final LogStorage.EntryConsumer consumer =
            (index, term, kind, buffer, offset, length) -> {
                bytesRead += length;
                return true;
            };

    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(AppendPath.class)
    void shouldNotAllocateWhenAppendingReadingAndSyncing(final AppendPath appendPath) {
        final WalContext context =
                new WalContext().directory(directory.resolve("wal")).appendPath(appendPath);
        try (WriteAheadLog log = WriteAheadLog.open(context)) {
            rounds(log);
            final long before = threads.getCurrentThreadAllocatedBytes();
            rounds(log);
            final long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated <= ALLOWED_BYTES, () -> "allocated " + allocated);
            assertTrue(bytesRead > 0);
        }
    }

    private void rounds(final WriteAheadLog log) {
        for (int i = 0; i < ROUNDS; i++) {
            final long first = log.lastIndex() + 1;
            for (int k = 0; k < ENTRIES_PER_ROUND; k++) {
                log.append(1, EntryKind.COMMAND, body, 0, body.capacity());
            }
            log.saveHardState(1, 2, first);
            log.read(first, log.lastIndex(), Long.MAX_VALUE, consumer);
            log.sync();
            log.read(first, log.lastIndex(), Long.MAX_VALUE, consumer);
            log.compact(first);
        }
    }
}
