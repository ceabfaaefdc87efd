package io.larch.engine.snapshot;

/** Finds snapshots in the directory of a member. */
public final class SnapshotLoader {
    private SnapshotLoader() {}

    /**
     * Opens the newest snapshot that is whole, or returns null when there is none. Damaged ones are
     * renamed to {@code .broken} and told in the log; unfinished ones are removed.
     */
    public static SnapshotFile newestGood(final SnapshotContext context) {
        throw new UnsupportedOperationException();
    }
}
