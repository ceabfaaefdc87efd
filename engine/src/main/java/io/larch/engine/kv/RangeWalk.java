package io.larch.engine.kv;

import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.RangeCursor;
import io.larch.engine.mvcc.Step;

/**
 * Goes through the keys that a range request asks for, as its revision, filters and limit say, and
 * counts those that it would go through without limit and filters. To be used again and again.
 */
final class RangeWalk {
    private static final long UNKNOWN = -1;

    private final MvccStore store;
    private final RangeCursor cursor;
    private RangeRequest request;
    private long limit;
    private long kept;
    private long count;
    private boolean hasMore;
    private boolean isOver;

    RangeWalk(final MvccStore store) {
        this.store = store;
        cursor = new RangeCursor(store);
    }

    /**
     * Begins.
     *
     * @param revision to read at, {@link MvccStore#NEWEST} included.
     * @param limit keys to go through; 0: all.
     */
    RangeWalk open(final RangeRequest newRequest, final long revision, final long newLimit) {
        request = newRequest;
        limit = newLimit;
        kept = 0;
        hasMore = false;
        isOver = false;
        final boolean isNewest =
                revision == MvccStore.NEWEST || revision == store.revision() && !store.isWriting();
        count = isNewest ? store.count(request.range) : UNKNOWN;
        if (request.isInKeyOrder() && request.isDescending()) {
            cursor.openDescending(request.range, revision);
        } else {
            cursor.open(request.range, revision);
        }
        return this;
    }

    /** The revision that is read at. */
    long revision() {
        return cursor.revision();
    }

    /** So much may be looked at until the walk pauses. */
    RangeWalk allow(final int steps) {
        cursor.allow(steps);
        return this;
    }

    /** How much more may be looked at until the walk pauses. */
    int allowed() {
        return cursor.allowed();
    }

    /** Goes to the next key that is asked for. */
    Step next(final KeyVersion target) {
        while (!isOver) {
            final Step step = cursor.next(target);
            if (step != Step.FOUND) {
                isOver = step == Step.END;
                return step;
            }
            if (request.takes(target)) {
                if (limit > 0 && kept == limit) {
                    hasMore = true;
                    break;
                }
                kept++;
                return step;
            }
        }
        isOver = true;
        return Step.END;
    }

    /** Counts what is left to count; END when {@link #count} is known. */
    Step countRest() {
        if (count != UNKNOWN) {
            return Step.END;
        }
        final Step step = cursor.countRest();
        if (step == Step.END) {
            count = cursor.passed();
        }
        return step;
    }

    /** Keys gone through. */
    long kept() {
        return kept;
    }

    /** Whether the limit left some out. Known when the walk is over. */
    boolean hasMore() {
        return hasMore;
    }

    /** Keys in the range, whatever limit and filters leave out. */
    long count() {
        return count;
    }
}
