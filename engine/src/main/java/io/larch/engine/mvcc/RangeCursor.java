package io.larch.engine.mvcc;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The keys of a range that were live at a revision, in the order of keys or against it. Works in
 * slices: writes and compactions may go on between two calls, and change nothing of what comes;
 * only a compaction above its revision ends it. Costs no memory of the store. Is used again by
 * opening it again.
 */
public final class RangeCursor {
    private final Revisions revisions;
    private final KeyTree tree;
    private final VersionReader reader;
    private final VersionKeys keys;
    private final KeyRange range = new KeyRange();
    private final ExpandableArrayBuffer bounds = new ExpandableArrayBuffer();
    private final ExpandableArrayBuffer lastBytes = new ExpandableArrayBuffer();
    private final UnsafeBuffer last = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer key = new UnsafeBuffer(0, 0);
    private final TreePath from = new TreePath();
    private final TreePath to = new TreePath();
    private long revision;
    private long shape;
    private long passed;
    private long held;
    private int allowed = Integer.MAX_VALUE;

    /** The entry looked at last, 0 for none since the last {@link #remember}. */
    private int looked;

    /** The version found last. */
    private int found;

    private boolean isDescending;
    private boolean hasLast;
    private boolean isDone = true;

    public RangeCursor(final MvccStore store) {
        revisions = store.revisions();
        tree = store.index().tree();
        reader = store.reader();
        keys = store.keys();
    }

    /**
     * Begins. The range is copied.
     *
     * @param atRevision {@link MvccStore#NEWEST} means the one of now, and stays so; inside a
     *     transaction with what it has changed by now.
     * @throws IllegalArgumentException if the revision is compacted or yet to come.
     */
    public RangeCursor open(final KeyRange wanted, final long atRevision) {
        return open(wanted, atRevision, false);
    }

    /** Begins, from the range's last key on. */
    public RangeCursor openDescending(final KeyRange wanted, final long atRevision) {
        return open(wanted, atRevision, true);
    }

    private RangeCursor open(
            final KeyRange wanted, final long atRevision, final boolean descending) {
        revision = revisions.readable(atRevision);
        final int keyLength = wanted.key().capacity();
        final int endLength = wanted.end().capacity();
        bounds.putBytes(0, wanted.key(), 0, keyLength);
        bounds.putBytes(keyLength, wanted.end(), 0, endLength);
        if (wanted.isUnbounded() && endLength == 0) {
            range.all();
        } else {
            range.set(bounds, 0, keyLength, bounds, keyLength, endLength);
        }
        isDescending = descending;
        hasLast = false;
        passed = 0;
        held = 0;
        isDone = false;
        allowed = Integer.MAX_VALUE;
        seek();
        return this;
    }

    /** The revision it shows. */
    public long revision() {
        return revision;
    }

    /** How many keys, live or not, may be looked at until it pauses. */
    public RangeCursor allow(final int steps) {
        allowed = steps;
        return this;
    }

    /** How many more may be looked at until it pauses. */
    public int allowed() {
        return allowed;
    }

    /**
     * Keys looked at since it was opened, live at its revision or not. The same on all members:
     * those that wait to be swept are not counted.
     */
    public long held() {
        return held;
    }

    /** Keys found since it was opened, by {@link #next} and {@link #countRest}. */
    public long passed() {
        return passed;
    }

    /**
     * The key looked at last, live or not, when {@link #next} has found one or anything has paused.
     * Valid until it goes on.
     */
    public DirectBuffer lastKey() {
        return last;
    }

    /** Shows the next key's version: {@link Step#FOUND}, or why there is none. */
    public Step next(final KeyVersion target) {
        final Step step = step();
        if (step != Step.FOUND) {
            target.unset();
            return step;
        }
        reader.show(found, target);
        remember();
        return Step.FOUND;
    }

    /** Passes all keys that are left, without looking at their records. */
    public Step countRest() {
        Step step = step();
        while (step == Step.FOUND) {
            step = step();
        }
        return step;
    }

    private Step step() {
        if (revisions.isCompacted(revision)) {
            return Step.COMPACTED;
        }
        if (isDone) {
            return Step.END;
        }
        if (shape != tree.shape()) {
            seek();
        }
        while (!from.isAt(to)) {
            if (allowed <= 0) {
                remember();
                return Step.PAUSED;
            }
            allowed--;
            if (isDescending) {
                tree.previous(to);
            }
            looked = tree.entry(isDescending ? to : from);
            if (!isDescending) {
                tree.next(from);
            }
            found = reader.visible(looked, revision);
            if (found != 0) {
                held++;
                passed++;
                return Step.FOUND;
            }
            if (reader.isHeld(looked, revisions.compacted())) {
                held++;
            }
        }
        isDone = true;
        return Step.END;
    }

    /** Keeps the key looked at last: the tree may have another shape when it goes on. */
    private void remember() {
        if (looked != 0) {
            keys.wrap(LeafNodes.idOf(looked), key);
            lastBytes.putBytes(0, key, 0, key.capacity());
            last.wrap(lastBytes, 0, key.capacity());
            hasLast = true;
            looked = 0;
        }
    }

    private void seek() {
        tree.bounds(range, from, to);
        if (hasLast && isDescending) {
            tree.search(last, to);
            tree.settle(to);
        } else if (hasLast) {
            if (tree.search(last, from)) {
                tree.next(from);
            } else {
                tree.settle(from);
            }
        }
        shape = tree.shape();
    }
}
