package io.larch.engine.port;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * A member's state at one index, as a snapshot file, for a client that wants to keep it. Whoever
 * gets it closes it; until then the file is there, whatever becomes of the member's snapshots.
 *
 * <p>One thread's at a time. No call waits for a disk.
 */
public interface StateFile extends AutoCloseable {
    /** Raft index of the last entry in it. */
    long lastIndex();

    /** Term of that entry. */
    long lastTerm();

    /** Bytes of the file. */
    long length();

    /** SHA-256 of the whole file; not to be changed. */
    byte[] digest();

    /**
     * Reads from a position on as much as the target has room for; there must be so much.
     *
     * @param target the reader's until {@code whenRead} is called.
     * @param whenRead called once, on a thread of the reader's, with null or with what went wrong.
     */
    void read(long position, ByteBuffer target, Consumer<Throwable> whenRead);

    /** A read that is under way still ends. */
    @Override
    void close();
}
