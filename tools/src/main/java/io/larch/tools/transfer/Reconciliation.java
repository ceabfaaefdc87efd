package io.larch.tools.transfer;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * Makes a target equal to a picture of the source, by one pass over both in their common order:
 * writes what is missing or other, deletes what is too much, and leaves alone what is the same. So
 * it is the first copy, what goes on with one that was interrupted, and what finds again what was
 * missed.
 */
final class Reconciliation {
    private final Lanes lanes;
    private final Writer writer;
    private final Consumer<Entry> seen;

    /** A directory that is made by what is written below it; null: none. */
    private Entry waiting;

    /** Below this all is deleted already; null: nothing is. */
    private String deleted;

    /**
     * @param seen is told of each entry of the source.
     */
    Reconciliation(final Lanes lanes, final Writer writer, final Consumer<Entry> seen) {
        this.lanes = lanes;
        this.writer = writer;
        this.seen = seen;
    }

    /** Returns when all is written. */
    void run(final Picture source, final Picture target) throws IOException {
        Entry wanted = source.next();
        Entry there = target.next();
        while (wanted != null || there != null) {
            final int order = order(wanted, there);
            if (order <= 0) {
                seen.accept(wanted);
                if (order < 0) {
                    make(wanted);
                } else if (!wanted.isSame(there)) {
                    change(there, wanted);
                } else {
                    settle(wanted);
                }
                wanted = source.next();
            } else {
                remove(there);
            }
            if (order >= 0) {
                there = target.next();
            }
        }
        settle(null);
        lanes.drain();
    }

    private static int order(final Entry wanted, final Entry there) {
        if (wanted == null || there == null) {
            return wanted == null ? 1 : -1;
        }
        return Paths.ORDER.compare(wanted.path(), there.path());
    }

    private void make(final Entry wanted) throws IOException {
        settle(wanted);
        if (wanted.isDirectory() && !wanted.hasDeadline()) {
            waiting = wanted;
        } else {
            put(wanted);
        }
    }

    private void change(final Entry there, final Entry wanted) throws IOException {
        if (there.isDirectory() && !wanted.isDirectory()) {
            remove(there);
        }
        settle(wanted);
        put(wanted);
    }

    private void remove(final Entry there) throws IOException {
        if (deleted == null || !there.isBelow(deleted)) {
            deleted = there.isDirectory() ? there.path() : deleted;
            lanes.submit(there.path(), () -> writer.delete(there));
        }
    }

    /** A directory without anything below it has to be made for itself. */
    private void settle(final Entry next) throws IOException {
        if (waiting != null && (next == null || !next.isBelow(waiting.path()))) {
            put(waiting);
        }
        waiting = null;
    }

    /**
     * A directory with a TTL is made before what is below it, which would make one without: not
     * each store gives it a TTL then.
     */
    private void put(final Entry entry) throws IOException {
        lanes.submit(entry.path(), () -> writer.put(entry));
        if (entry.isDirectory() && entry.hasDeadline()) {
            lanes.drain();
        }
    }
}
