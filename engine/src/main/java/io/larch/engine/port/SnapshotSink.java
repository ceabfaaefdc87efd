package io.larch.engine.port;

import org.agrona.DirectBuffer;

/**
 * Takes the snapshot that a leader sends, piece by piece, and knows what of it is safe. Called on
 * the engine thread; writing to the disk happens elsewhere, so no call waits.
 *
 * <p>One snapshot at a time: a newer one (by term of the leader, then by index) takes the place of
 * an unfinished older one.
 */
public interface SnapshotSink {
    /** The answer of {@link #begin} for a snapshot that is not wanted. */
    long REFUSED = -1;

    /**
     * A peer offers a snapshot, for the first time or again.
     *
     * @param from the leader.
     * @param term the leader's term.
     * @param length bytes of the file.
     * @return where to go on: bytes of it that are here already; or {@link #REFUSED}.
     */
    long begin(long from, long term, long lastIndex, long lastTerm, long length);

    /**
     * The next piece of the snapshot begun last, at exactly {@link #position}.
     *
     * @return false when it was not taken since the writer is behind or the position is another:
     *     send again from {@link #position}.
     */
    boolean write(long position, DirectBuffer buffer, int offset, int length);

    /** Bytes taken of the snapshot begun last. */
    long position();
}
