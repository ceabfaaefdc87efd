package io.larch.engine.kv.watch;

/** One watch: what it wants of a range, and how far it has been told. */
final class Watch {
    private static final int NO_PUT = 1;
    private static final int NO_DELETE = 1 << 1;
    private static final int PREVIOUS = 1 << 2;
    private static final int LAGGING = 1 << 3;
    private static final int IN_SWEEP = 1 << 4;
    private static final int BEGUN = 1 << 5;
    private static final int PARTED = 1 << 6;

    /** In no group of {@link EventBatch}. */
    static final int NO_GROUP = -1;

    final long correlationId;

    /** The range that it is of; null when its range is empty. */
    WatchedRange range;

    /**
     * The first revision that it may have to be told; lower than need be for one that wanted
     * nothing of the last.
     */
    long next;

    /** All watches, in the order in which they were registered. */
    Watch older;

    Watch newer;

    /** Others of the same range. */
    Watch previousInRange;

    Watch nextInRange;

    /** Others in {@link Laggards} that go the same way. */
    Watch previousLaggard;

    Watch nextLaggard;

    /** Where it stands while a batch of events is being matched. */
    int group = NO_GROUP;

    /** Of a revision that may be told in parts: its last change that it wants; else 0. */
    int lastSub;

    private byte flags;

    Watch(
            final long correlationId,
            final boolean wantsPut,
            final boolean wantsDelete,
            final boolean wantsPrevious) {
        this.correlationId = correlationId;
        flags =
                (byte)
                        ((wantsPut ? 0 : NO_PUT)
                                | (wantsDelete ? 0 : NO_DELETE)
                                | (wantsPrevious ? PREVIOUS : 0));
    }

    boolean wants(final boolean isDelete) {
        return (flags & (isDelete ? NO_DELETE : NO_PUT)) == 0;
    }

    boolean wantsPrevious() {
        return has(PREVIOUS);
    }

    /** Whether it has to be told of the past still. */
    boolean isLagging() {
        return has(LAGGING);
    }

    void lagging(final boolean isLagging) {
        set(LAGGING, isLagging);
    }

    /** Whether the sweep that goes on tells it. */
    boolean isInSweep() {
        return has(IN_SWEEP);
    }

    void inSweep(final boolean isInSweep) {
        set(IN_SWEEP, isInSweep);
    }

    /** Whether it has reached the revision that it was to begin with. */
    boolean hasBegun() {
        return has(BEGUN);
    }

    void begun() {
        set(BEGUN, true);
    }

    /** Whether it has been told something of a revision, and has to be told the rest. */
    boolean isParted() {
        return has(PARTED);
    }

    void parted(final boolean isParted) {
        set(PARTED, isParted);
    }

    private boolean has(final int flag) {
        return (flags & flag) != 0;
    }

    private void set(final int flag, final boolean isOn) {
        flags = (byte) (isOn ? flags | flag : flags & ~flag);
    }
}
