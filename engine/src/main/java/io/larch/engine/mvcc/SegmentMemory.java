package io.larch.engine.mvcc;

import org.agrona.concurrent.UnsafeBuffer;

/** Where the segments of the log get their memory from. Called on the thread of the store. */
public interface SegmentMemory {
    /** Memory of a length in bytes, above 0, whose contents do not matter. */
    UnsafeBuffer allocate(int length);

    /** Gives back what {@link #allocate} gave; nobody looks at it any more. */
    void free(UnsafeBuffer memory);
}
