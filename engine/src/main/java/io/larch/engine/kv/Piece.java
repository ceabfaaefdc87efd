package io.larch.engine.kv;

import io.larch.engine.mvcc.Step;
import org.agrona.MutableDirectBuffer;

/**
 * A part of an answer that is made in slices: found out first, so that its length is known, and
 * written then.
 */
interface Piece {
    /**
     * Finds out, for so many steps.
     *
     * @return END when {@link #length} is known; PAUSED when there is more to do; COMPACTED when
     *     what it reads is no more.
     */
    Step prepare(int maxSteps);

    /** Bytes that it will write. */
    long length();

    /** Whether all is written. */
    boolean isWritten();

    /**
     * Writes on.
     *
     * @param maxLength about where to stop, in bytes.
     * @param maxSteps most keys to look at.
     * @return the end; -1 when what it reads is no more.
     */
    int write(MutableDirectBuffer target, int offset, int maxLength, int maxSteps);

    /** Nothing more is wanted of it. */
    default void close() {}

    /** Bytes that it holds on to. */
    default long heldBytes() {
        return 0;
    }
}
