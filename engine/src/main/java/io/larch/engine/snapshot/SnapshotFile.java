package io.larch.engine.snapshot;

import io.larch.engine.store.StateSource;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.agrona.DirectBuffer;

/** A snapshot that was found whole. Its records are read once, in order. */
public final class SnapshotFile implements StateSource, AutoCloseable {
    private SnapshotFile() {}

    public Path path() {
        throw new UnsupportedOperationException();
    }

    public long clusterId() {
        throw new UnsupportedOperationException();
    }

    public long lastIndex() {
        throw new UnsupportedOperationException();
    }

    public long lastTerm() {
        throw new UnsupportedOperationException();
    }

    /** The configuration given when it was taken; valid until close. */
    public DirectBuffer config() {
        throw new UnsupportedOperationException();
    }

    public long recordCount() {
        throw new UnsupportedOperationException();
    }

    /** Bytes of the whole file, for sending it to another member. */
    public long length() {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads raw bytes of the file, for sending it to another member.
     *
     * @return bytes read; -1 at the end.
     */
    public int readBytes(final long position, final ByteBuffer target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean next(final RecordConsumer consumer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
