package io.larch.engine.application;

import org.agrona.MutableDirectBuffer;

/**
 * A read whose result is too long to be made at once: made piece by piece, while writes go on, it
 * shows the state as it was when it began. Owned by the engine thread.
 *
 * <p>{@link #close} it when it is done or no longer wanted. The application ends it by itself when
 * what it holds on to is too much, or when a snapshot takes the place of the state: then {@link
 * #isCut} is true and nothing more comes of it.
 */
public interface SlicedRead extends AutoCloseable {
    /** The application's index as of which the result is. */
    long index();

    /** Whether all is written. */
    boolean isDone();

    /** Whether the application has ended it before its time. */
    boolean isCut();

    /** Whether it was cut because a snapshot took the place of the state. */
    boolean isReplaced();

    /**
     * Writes on. What comes of one call depends on the bounds, what comes of all does not.
     *
     * @param maxLength about where to stop, in bytes.
     * @param maxSteps most entries to look at.
     * @return the end of what was written; {@code offset} if nothing was.
     */
    int write(MutableDirectBuffer target, int offset, int maxLength, int maxSteps);

    @Override
    void close();
}
