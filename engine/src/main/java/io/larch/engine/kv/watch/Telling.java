package io.larch.engine.kv.watch;

import io.larch.engine.mvcc.HistoryCursor;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.Step;

/**
 * Tells the watches of an index what the history has, in slices that are short however long a
 * revision is. In between it keeps only where it stands.
 *
 * <p>Short revisions are told as a whole, several at once if there are. A long one is gone through
 * twice: first each watch learns which of its changes is the last that it wants, then all are told
 * it in parts, and of each watch it is known which part completes it. Both may be left off behind
 * any change. A part has nothing of other revisions.
 *
 * <p>While a long revision is told, no watch may come that wants it ({@link #canJoin}). Watches may
 * go at any time.
 */
final class Telling {
    /** Changes times watches up to which a revision is told as a whole. */
    private static final long WHOLE_DELIVERIES = 1 << 16;

    private final KeyVersion change = new KeyVersion();
    private final KeyVersion previous = new KeyVersion();
    private final MvccStore store;
    private final WatchIndex index;
    private final EventBatch batch;
    private final WatchLimits limits;
    private final boolean isOfSweep;
    private final EventBatch.HoldBack holdBack;
    private final HistoryCursor history;
    private final HistoryCursor ahead;
    private Stage stage = Stage.BETWEEN;
    private long next;
    private long first;

    /** How far the revision has come that is told next. */
    private enum Stage {
        /** Nothing was done with it. */
        BETWEEN,
        /** It is long, and watches learn what they want of it. */
        FORESEEN,
        /** It is told in parts. */
        PARTED
    }

    /**
     * @param batch begun and told within each slice.
     * @param isOfSweep whether only watches of the sweep are told.
     * @param holdBack told of each watch that had better be told later.
     */
    Telling(
            final MvccStore store,
            final WatchIndex index,
            final EventBatch batch,
            final WatchLimits limits,
            final boolean isOfSweep,
            final EventBatch.HoldBack holdBack) {
        this.store = store;
        this.index = index;
        this.batch = batch;
        this.limits = limits;
        this.isOfSweep = isOfSweep;
        this.holdBack = holdBack;
        history = new HistoryCursor(store);
        ahead = new HistoryCursor(store);
        next = store.revision() + 1;
    }

    /** The first revision that not all have been told as a whole. */
    long next() {
        return next;
    }

    /** Within a slice: the first revision that those who are held back now have missed. */
    long first() {
        return first;
    }

    /** Whether there is something to tell. */
    boolean isBehind() {
        return next <= store.revision();
    }

    /** Whether a watch that wants all from a revision on misses nothing of it. */
    boolean canJoin(final long revision) {
        return stage == Stage.BETWEEN ? revision >= next : revision > next;
    }

    /** Goes on with another revision. Those that were told a part of one are told no more of it. */
    void moveTo(final long revision) {
        next = revision;
        stage = Stage.BETWEEN;
    }

    /**
     * Tells what comes next.
     *
     * @param maxSteps changes to look at, about; a short revision is not parted.
     * @return how many it looked at; 0: there is nothing to tell.
     */
    int run(final int maxSteps) {
        begin();
        if (stage == Stage.BETWEEN) {
            open(history);
        }
        int steps = 0;
        while (isBehind() && steps < maxSteps && !batch.isFull()) {
            steps +=
                    switch (stage) {
                        case BETWEEN -> takeNext();
                        case FORESEEN -> foresee(maxSteps - steps);
                        case PARTED -> tellPart(maxSteps - steps);
                    };
        }
        if (stage == Stage.BETWEEN) {
            tellWhole();
        }
        return steps;
    }

    private void begin() {
        first = next;
        batch.begin(isOfSweep);
    }

    /** A compaction does not end those that are up to date but for what is being told. */
    private void open(final HistoryCursor cursor) {
        if (isOfSweep) {
            cursor.open(next);
        } else {
            cursor.openHeld(next);
        }
    }

    private boolean find(final HistoryCursor cursor) {
        final Step found = cursor.next(change);
        if (found == Step.COMPACTED) {
            throw new IllegalStateException("revision " + next + " is to be told, and compacted");
        }
        return found == Step.FOUND;
    }

    /** What was added ends with a revision. */
    private void tellWhole() {
        batch.tell(store.revision(), next - 1, EventBatch.WHOLE, holdBack);
    }

    /** Adds the next revision, unless it is long. */
    private int takeNext() {
        if (!find(history)) {
            next = store.revision() + 1;
            return 1;
        }
        next = change.modRevision();
        int steps = 0;
        if (!history.isAtRevisionStart()) {
            open(ahead);
            steps = measure();
            if (!ahead.isAtRevisionStart()) {
                tellWhole();
                begin();
                open(ahead);
                stage = Stage.FORESEEN;
                return steps;
            }
            open(history);
            find(history);
        }
        batch.add(index, change);
        while (!history.isAtRevisionStart() && find(history)) {
            batch.add(index, change);
        }
        next = history.nextRevision();
        return steps + 1;
    }

    /** Looks ahead to the end of the revision, or as far as one goes that is told as a whole. */
    private int measure() {
        int changes = 0;
        long bytes = 0;
        do {
            find(ahead);
            changes++;
            bytes += change.bytesLength();
            if (store.previous(change, previous)) {
                bytes += previous.bytesLength();
            }
        } while (!ahead.isAtRevisionStart()
                && changes < limits.wholeChanges()
                && bytes < limits.wholeBytes()
                && (long) changes * index.size() < WHOLE_DELIVERIES);
        return changes;
    }

    private int foresee(final int maxSteps) {
        int steps = 0;
        while (steps < maxSteps && stage == Stage.FORESEEN) {
            find(ahead);
            batch.foresee(index, change, isOfSweep);
            steps++;
            if (ahead.isAtRevisionStart()) {
                open(history);
                stage = Stage.PARTED;
            }
        }
        return steps;
    }

    private int tellPart(final int maxSteps) {
        int steps = 0;
        do {
            find(history);
            batch.add(index, change);
            steps++;
        } while (!history.isAtRevisionStart() && steps < maxSteps && !batch.isFull());
        if (history.isAtRevisionStart()) {
            next = history.nextRevision();
            stage = Stage.BETWEEN;
            tellWhole();
            open(history);
        } else {
            batch.tell(store.revision(), next, change.sub(), holdBack);
        }
        begin();
        return steps;
    }
}
