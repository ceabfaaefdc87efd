package io.larch.engine.snapshot;

import java.nio.file.Path;
import org.agrona.DirectBuffer;

/**
 * A snapshot file that arrives from another member, in order, piece by piece. Owned by one thread,
 * whose calls wait for the disk.
 */
public final class IncomingSnapshot implements AutoCloseable {
    private IncomingSnapshot() {}

    /** Starts receiving; an unfinished one of the same name is replaced. */
    public static IncomingSnapshot start(
            final SnapshotContext context, final long lastIndex, final long lastTerm) {
        throw new UnsupportedOperationException();
    }

    /** Bytes received so far: where the next piece must start. */
    public long position() {
        throw new UnsupportedOperationException();
    }

    /** Writes the next piece. */
    public void write(final DirectBuffer buffer, final int offset, final int length) {
        throw new UnsupportedOperationException();
    }

    /**
     * Checks the whole file, makes it durable and gives it its name.
     *
     * @throws SnapshotException when it is damaged or not the one announced; it is removed.
     */
    public Path complete() {
        throw new UnsupportedOperationException();
    }

    /** Removes what was received unless it is complete. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
