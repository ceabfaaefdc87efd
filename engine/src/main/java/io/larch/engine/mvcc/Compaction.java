package io.larch.engine.mvcc;

/** The physical work that compactions leave: {@link Sweep}, then {@link SegmentCleaner}. */
final class Compaction {
    private final Sweep sweep;
    private final SegmentCleaner cleaner;
    private int holds;

    Compaction(final Sweep sweep, final SegmentCleaner cleaner) {
        this.sweep = sweep;
        this.cleaner = cleaner;
    }

    /** Nothing is freed or moved until {@link #release} is called as often. */
    void hold() {
        holds++;
    }

    void release() {
        holds--;
    }

    /**
     * Works on.
     *
     * @return whether there is more that may be done now.
     */
    boolean run(final int maxSteps) {
        if (holds > 0) {
            return false;
        }
        int steps = maxSteps;
        // Segments are looked at when a sweep is over; what a next one finds waits until then.
        if (!cleaner.isActive() && sweep.isNeeded()) {
            steps = sweep.run(steps);
            if (steps > 0) {
                cleaner.start();
            }
        }
        cleaner.run(steps);
        return cleaner.isActive() || sweep.isNeeded();
    }
}
