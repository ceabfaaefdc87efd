package io.larch.engine;

/** Raft index and term of the last entry that this member applied. Owned by the engine thread. */
final class AppliedPosition {
    private long index;
    private long term;

    long index() {
        return index;
    }

    long term() {
        return term;
    }

    void set(final long index, final long term) {
        this.index = index;
        this.term = term;
    }
}
