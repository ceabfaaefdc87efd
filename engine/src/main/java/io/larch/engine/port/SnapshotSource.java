package io.larch.engine.port;

import org.agrona.MutableDirectBuffer;

/** A durable snapshot file to be sent to a peer. Owned by the engine thread. */
public interface SnapshotSource extends AutoCloseable {
    /** {@link #read}: the file is damaged or gone; the log says more. */
    int UNREADABLE = -1;

    /** Raft index the snapshot covers. */
    long lastIndex();

    /** Term of the entry at {@link #lastIndex}. */
    long lastTerm();

    /** Bytes of the file. */
    long length();

    /**
     * Copies a piece of the file, as much as is there without waiting for a disk. What is behind it
     * is made ready for the next calls.
     *
     * @return bytes copied: as many as asked or fewer; 0 while nothing is ready, so ask again a
     *     little later; {@link #UNREADABLE} when there will be no more.
     */
    int read(long position, MutableDirectBuffer target, int offset, int length);

    @Override
    void close();
}
