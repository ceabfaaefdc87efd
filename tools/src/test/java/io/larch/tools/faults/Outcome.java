package io.larch.tools.faults;

/** What a client knows about a request when it has its answer, or gives up. */
enum Outcome {
    /** It was done, and at which index. */
    ACKNOWLEDGED,
    /** It was not done, and never will be. */
    REFUSED,
    /** It may have been done, may be done later, or never. */
    UNKNOWN
}
