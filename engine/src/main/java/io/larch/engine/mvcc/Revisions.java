package io.larch.engine.mvcc;

/** Where the store stands: the revision, what is compacted, and the transaction that is open. */
final class Revisions {
    /** Of a store that nobody has written to. */
    private static final long FIRST = 1;

    private static final long NEVER_COMPACTED = -1;

    private long current = FIRST;
    private long compacted = NEVER_COMPACTED;
    private long swept = NEVER_COMPACTED;
    private boolean isWriting;
    private int changes;
    private int lastChanges;

    long current() {
        return current;
    }

    long compacted() {
        return compacted;
    }

    /** What is compacted physically too. */
    long swept() {
        return swept;
    }

    boolean isWriting() {
        return isWriting;
    }

    int changes() {
        return changes;
    }

    /** How many changes made the newest revision, or a transaction behind it that made none. */
    int lastChanges() {
        return lastChanges;
    }

    /** Of the newest version of all: the transaction's own, if it has changed anything. */
    long newest() {
        return changes > 0 ? current + 1 : current;
    }

    /** What reads look at that want a revision, or the newest. */
    long readable(final long revision) {
        if (revision == MvccStore.NEWEST) {
            return newest();
        }
        if (isCompacted(revision) || revision > current) {
            throw new IllegalArgumentException(
                    "revision " + revision + " is not in " + compacted + " to " + current);
        }
        return revision;
    }

    boolean isCompacted(final long revision) {
        return revision < compacted;
    }

    void begin() {
        if (isWriting) {
            throw new IllegalStateException("a transaction is open");
        }
        isWriting = true;
        changes = 0;
    }

    /**
     * Counts a change of the open transaction.
     *
     * @return its position.
     */
    int change() {
        if (!isWriting) {
            throw new IllegalStateException("no transaction is open");
        }
        return changes++;
    }

    void commit() {
        if (!isWriting) {
            throw new IllegalStateException("no transaction is open");
        }
        current = newest();
        isWriting = false;
        lastChanges = changes;
        changes = 0;
    }

    void compact(final long revision) {
        if (revision <= compacted || revision > current) {
            throw new IllegalArgumentException(
                    "cannot compact " + revision + " after " + compacted + " at " + current);
        }
        compacted = revision;
    }

    void sweptTo(final long revision) {
        swept = revision;
    }

    void restore(final long restoredCurrent, final long restoredCompacted) {
        current = restoredCurrent;
        compacted = restoredCompacted;
        swept = restoredCompacted;
    }
}
