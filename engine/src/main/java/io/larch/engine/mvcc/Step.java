package io.larch.engine.mvcc;

/** What came of asking something that works in slices to go on. */
public enum Step {
    /** There is a result. */
    FOUND,
    /** What was allowed is used up: there is more to do, at another time. */
    PAUSED,
    /** There is no more. */
    END,
    /** A compaction has passed the revision: nothing more comes of it. */
    COMPACTED
}
