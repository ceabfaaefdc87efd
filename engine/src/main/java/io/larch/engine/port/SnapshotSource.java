package io.larch.engine.port;

import org.agrona.MutableDirectBuffer;

/** A durable snapshot file to be sent to a peer. Owned by the engine thread. */
public interface SnapshotSource extends AutoCloseable {
    /** Raft index the snapshot covers. */
    long lastIndex();

    /** Term of the entry at {@link #lastIndex}. */
    long lastTerm();

    /** Bytes of the file. */
    long length();

    /**
     * Copies a piece of the file.
     *
     * @return bytes copied; fewer than asked only at the end of the file.
     */
    int read(long position, MutableDirectBuffer target, int offset, int length);

    @Override
    void close();
}
