package io.larch.engine.application;

/**
 * An application's part of a snapshot: named, so that it finds its application again, and of a
 * version, so that a build knows whether it can read it. Written in slices against the state as it
 * was at {@link #begin}, while commands go on to be applied. Owned by the engine thread.
 */
public interface SnapshotSection {
    /** ASCII, at most 64 characters; never changes its meaning. */
    String name();

    /** Of the records' layout; rises when older builds could not read it. */
    int version();

    /**
     * Feature level that a member must have to read it. Until all have it, snapshots are without it
     * as long as it {@link #isEmpty}.
     */
    int featureLevel();

    /** Whether nothing was ever changed by a command of its application. */
    boolean isEmpty();

    /** Whether now is a good moment to begin; for a short while it may not be. */
    boolean isReady();

    /**
     * Whether {@link #begin} would do at all, {@link #isReady} or not. What stands in its way goes
     * away without any command being applied.
     */
    default boolean isPossible() {
        return true;
    }

    /** Fixes the state that {@link #write} writes. */
    void begin();

    /**
     * Writes on.
     *
     * @param maxRecords most entries to look at in this call.
     * @return true when the section is complete; false when there is more, or the sink has no room.
     */
    boolean write(StateSink sink, int maxRecords);

    /** Gives up what was begun, if anything was. */
    void abort();
}
