package io.larch.bench.load;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Counts the events of a fan-out: of each put, every watch has to hear once, in order. Nobody else
 * writes meanwhile, so the revisions that a watch hears of have no gap.
 *
 * <p>Puts have numbers, from 0 on.
 */
final class WatchTally {
    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(5);
    private static final int INITIAL_PUTS = 1024;

    /** Of each watch: the revision that it has to hear of next. */
    private final long[] nextRevisions;

    // Of each put of this run: when it was due, and how many watches have not heard of it.
    private long[] dueNs = new long[INITIAL_PUTS];
    private int[] awaited = new int[INITIAL_PUTS];

    /** The number of the run's first put. */
    private int firstPut;

    private int puts;
    private long missing;
    private long events;
    private long errors;
    private Histogram first = new Histogram(HIGHEST_NS, 3);
    private Histogram last = new Histogram(HIGHEST_NS, 3);

    WatchTally(final int watches) {
        nextRevisions = new long[watches];
    }

    /** A watch listens from the revision behind this one on. */
    void created(final int watch, final long revision) {
        nextRevisions[watch] = revision + 1;
    }

    /** A new run begins. What was missing is not awaited any more. */
    void begin() {
        firstPut += puts;
        puts = 0;
        missing = 0;
        events = 0;
        errors = 0;
        first = new Histogram(HIGHEST_NS, 3);
        last = new Histogram(HIGHEST_NS, 3);
    }

    /** A put is sent, which was due at a time. Returns its number. */
    int put(final long whenDueNs) {
        if (puts == dueNs.length) {
            dueNs = Arrays.copyOf(dueNs, puts * 2);
            awaited = Arrays.copyOf(awaited, puts * 2);
        }
        dueNs[puts] = whenDueNs;
        awaited[puts] = nextRevisions.length;
        missing += nextRevisions.length;
        return firstPut + puts++;
    }

    /** A watch heard of a put at a time. */
    void onEvent(final int watch, final long revision, final int number, final long nowNs) {
        final int put = number - firstPut;
        if (revision < nextRevisions[watch] || put >= puts) {
            errors++;
            return;
        }
        // What it did not hear of in between stays awaited.
        nextRevisions[watch] = revision + 1;
        if (put < 0) {
            return;
        }
        if (awaited[put] == 0) {
            errors++;
            return;
        }
        if (awaited[put] == nextRevisions.length) {
            first.recordValue(Math.min(HIGHEST_NS, nowNs - dueNs[put]));
        }
        awaited[put]--;
        missing--;
        events++;
        if (awaited[put] == 0) {
            last.recordValue(Math.min(HIGHEST_NS, nowNs - dueNs[put]));
        }
    }

    /** Whether every watch has heard of every put. */
    boolean isComplete() {
        return missing == 0;
    }

    /** Events that came, each once. */
    long events() {
        return events;
    }

    /** Events that came twice, or too late, or of nothing that was put, or did not come. */
    long errors() {
        return errors + missing;
    }

    /** From when a put was due until the first watch heard of it. */
    Histogram first() {
        return first;
    }

    /** From when a put was due until the last watch heard of it. */
    Histogram last() {
        return last;
    }
}
