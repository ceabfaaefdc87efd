package io.larch.engine.snapshot;

import io.larch.engine.store.StateSink;
import java.nio.file.Path;
import org.agrona.DirectBuffer;

/**
 * A snapshot in the making. The engine's thread offers records and looks whether it is done; a
 * thread of its own writes them. The file shows under its name only when it is whole and durable.
 */
public final class SnapshotTaker implements StateSink, AutoCloseable {
    private SnapshotTaker() {}

    /**
     * Starts a snapshot.
     *
     * @param config configuration of the cluster at {@code lastIndex}, in the engine's own layout;
     *     copied.
     */
    public static SnapshotTaker start(
            final SnapshotContext context,
            final long clusterId,
            final long lastIndex,
            final long lastTerm,
            final DirectBuffer config,
            final int offset,
            final int length) {
        throw new UnsupportedOperationException();
    }

    public long lastIndex() {
        throw new UnsupportedOperationException();
    }

    public long lastTerm() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean offer(final DirectBuffer buffer, final int offset, final int length) {
        throw new UnsupportedOperationException();
    }

    /**
     * Says that there are no more records.
     *
     * @return false when there is no room now: ask again later.
     */
    public boolean finish() {
        throw new UnsupportedOperationException();
    }

    /** Whether the snapshot is durable under its name, or has failed. */
    public boolean isDone() {
        throw new UnsupportedOperationException();
    }

    /** Why it failed, or null. */
    public SnapshotException failure() {
        throw new UnsupportedOperationException();
    }

    /** The finished file. */
    public Path file() {
        throw new UnsupportedOperationException();
    }

    /** Gives up a snapshot that is not done, and removes what was written. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
