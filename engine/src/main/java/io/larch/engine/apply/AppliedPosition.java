package io.larch.engine.apply;

/** Raft index and term of the last entry that this member applied. Owned by the engine thread. */
public final class AppliedPosition {
    private long index;
    private long term;

    public long index() {
        return index;
    }

    public long term() {
        return term;
    }

    public void set(final long index, final long term) {
        this.index = index;
        this.term = term;
    }
}
