package io.larch.http;

import io.larch.http.output.Outlet;
import io.larch.http.output.OutputBudget;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/**
 * Requests that want memory for their answers, in the order in which they came: long reads always,
 * others while it is short.
 *
 * <p>One event loop's.
 */
final class OutputQueue {
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final OutputBudget budget;
    private final EdgeFaults faults;
    private final Executor eventLoop;
    private final Runnable tickLater;
    private final Runnable afterGrant;
    private final Runnable task = this::onTask;
    private boolean isTaskScheduled;

    /** Somebody who wants memory. */
    interface Waiting {
        /** How much. */
        int wantedBytes();

        /** There it is; {@link OutputQueue#give} must follow. */
        void onGranted();

        Outlet connection();
    }

    /**
     * @param tickLater has {@link #grant} called in a while.
     * @param afterGrant runs behind those who went on.
     */
    OutputQueue(
            final OutputBudget budget,
            final EdgeFaults faults,
            final Executor eventLoop,
            final Runnable tickLater,
            final Runnable afterGrant) {
        this.budget = budget;
        this.faults = faults;
        this.eventLoop = eventLoop;
        this.tickLater = tickLater;
        this.afterGrant = afterGrant;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * Somebody wants memory.
     *
     * @return true: it is there, {@link #give} must follow. False: it has to wait, and will be
     *     told.
     */
    boolean take(final Waiting one) {
        if (waiting.isEmpty() && budget.tryTake(one.wantedBytes())) {
            return true;
        }
        waiting.addLast(one);
        tickLater.run();
        return false;
    }

    /** Who had memory needs it no more. Others go on in the loop's next turn. */
    void give(final Waiting one) {
        budget.give(one.wantedBytes());
        if (!waiting.isEmpty() && !isTaskScheduled) {
            isTaskScheduled = true;
            eventLoop.execute(task);
        }
    }

    private void onTask() {
        isTaskScheduled = false;
        grant();
        afterGrant.run();
    }

    /** Who waits wants no memory any more. */
    void leave(final Waiting one) {
        waiting.remove(one);
    }

    /** Lets go on who may. */
    void grant() {
        while (!waiting.isEmpty() && budget.tryTake(waiting.peekFirst().wantedBytes())) {
            final Waiting one = waiting.removeFirst();
            try {
                one.onGranted();
            } catch (final RuntimeException | Error e) {
                faults.end(one.connection(), e);
            }
        }
    }
}
