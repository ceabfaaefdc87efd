package io.larch.engine.mvcc;

import org.agrona.concurrent.UnsafeBuffer;

/** Where the segments of the log get their memory from. Called on the thread of the store. */
public interface SegmentMemory {
    /** Of most segments; some are shorter, and one with a single long record may be longer. */
    int USUAL_LENGTH = RevisionLog.SEGMENT_LENGTH;

    /**
     * Memory of a length in bytes, above 0, whose contents do not matter. Waits for nothing: if
     * what is wanted is not at hand, it gives some other.
     */
    UnsafeBuffer allocate(int length);

    /**
     * Waits until {@link #allocate} has what is wanted at hand, or cannot have it. Called before it
     * by one who fills a store that nobody waits for.
     */
    default void await(final int length) {
        // What is wanted is always at hand.
    }

    /** Gives back what {@link #allocate} gave; nobody looks at it any more. */
    void free(UnsafeBuffer memory);
}
