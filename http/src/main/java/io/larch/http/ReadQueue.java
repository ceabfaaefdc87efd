package io.larch.http;

import io.larch.http.output.OutputBudget;
import java.util.ArrayDeque;

/**
 * Long reads that want memory for their parts, in the order in which they came.
 *
 * <p>One event loop's.
 */
final class ReadQueue {
    /** Of a long read, beside the parts themselves. */
    private static final int READ_BYTES = 64 << 10;

    private final ArrayDeque<LongRead> waiting = new ArrayDeque<>();
    private final OutputBudget budget;
    private final EdgeFaults faults;
    private final Runnable tickLater;

    /**
     * @param tickLater has {@link #grant} called in a while.
     */
    ReadQueue(final OutputBudget budget, final EdgeFaults faults, final Runnable tickLater) {
        this.budget = budget;
        this.faults = faults;
        this.tickLater = tickLater;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * A read wants memory.
     *
     * @return false: it has to wait, and will be told ({@link LongRead#onGranted}).
     */
    boolean take(final LongRead read) {
        if (waiting.isEmpty() && budget.tryTake(READ_BYTES)) {
            return true;
        }
        waiting.addLast(read);
        tickLater.run();
        return false;
    }

    /** A read that had memory is over. */
    void give() {
        budget.give(READ_BYTES);
        grant();
    }

    /** It wants no memory any more. */
    void leave(final LongRead read) {
        waiting.remove(read);
    }

    /** Lets go on who may. */
    void grant() {
        while (!waiting.isEmpty() && budget.tryTake(READ_BYTES)) {
            final LongRead read = waiting.removeFirst();
            try {
                read.onGranted();
            } catch (final RuntimeException | Error e) {
                faults.end(read.connection(), e);
            }
        }
    }
}
