package io.larch.engine.mvcc;

/**
 * The changes from a revision on, in order: what a watch is told. Only what is committed is seen.
 * Works in slices, and goes on behind the newest change when there are more; a compaction above
 * what it would tell next ends it. Costs no memory of the store, and opening one is cheap, at the
 * newest revision most of all: a watch that lags needs to keep nothing but a revision.
 */
public final class HistoryCursor {
    private final Revisions revisions;
    private final LogCursor log;
    private long next;
    private long told;
    private int allowed = Integer.MAX_VALUE;
    private boolean isHeld;

    public HistoryCursor(final MvccStore store) {
        revisions = store.revisions();
        log = new LogCursor(store.log());
    }

    /**
     * Begins with the first change of a revision, which may be compacted or yet to come.
     *
     * @param fromRevision above 0.
     */
    public HistoryCursor open(final long fromRevision) {
        isHeld = false;
        return seek(fromRevision);
    }

    /**
     * As {@link #open}, for one who sees to it that {@link MvccStore#compactSome} is not called
     * while what this tells next is below the compacted revision: then a compaction does not end
     * it.
     */
    public HistoryCursor openHeld(final long fromRevision) {
        isHeld = true;
        return seek(fromRevision);
    }

    private HistoryCursor seek(final long fromRevision) {
        log.seek(fromRevision, 0);
        next = fromRevision;
        told = 0;
        allowed = Integer.MAX_VALUE;
        return this;
    }

    /** How many changes may be told until it pauses. */
    public HistoryCursor allow(final int steps) {
        allowed = steps;
        return this;
    }

    /** Shows the next change: {@link Step#FOUND}, or why there is none. */
    public Step next(final KeyVersion target) {
        target.unset();
        if (!isHeld && revisions.isCompacted(next)) {
            return Step.COMPACTED;
        }
        if (next > revisions.current() || !findNext()) {
            return Step.END;
        }
        if (allowed <= 0) {
            return Step.PAUSED;
        }
        allowed--;
        target.set(log.buffer(), log.offset());
        told = log.revision();
        log.advance();
        next = log.isAtRecord() ? log.revision() : told + 1;
        return Step.FOUND;
    }

    private boolean findNext() {
        if (log.isAtRecord() && log.revision() < next) {
            // It was yet to come when this began.
            log.seek(next, 0);
        }
        return log.isAtRecord();
    }

    /** Whether the change told last was the last one of its revision. */
    public boolean isAtRevisionStart() {
        return next != told;
    }

    /** The revision of the change that comes next; above the store's if there is none yet. */
    public long nextRevision() {
        return next;
    }
}
