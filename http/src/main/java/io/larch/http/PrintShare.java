package io.larch.http;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * How much is printed of long replies between two looks at everything else, so that short requests
 * need not wait for long ones. Those who could print more take turns.
 *
 * <p>One event loop's.
 */
final class PrintShare {
    private static final int SHARE_BYTES = 256 << 10;
    private static final long PAUSE_MICROS = 50;

    private final ArrayDeque<LongReply> waiting = new ArrayDeque<>();
    private final EventLoop eventLoop;
    private final EdgeFaults faults;
    private final Runnable afterTurn;
    private final Runnable task = this::onTask;
    private long printedBytes;
    private boolean isTaskScheduled;

    /**
     * @param afterTurn runs behind those whose turn it was.
     */
    PrintShare(final EventLoop eventLoop, final EdgeFaults faults, final Runnable afterTurn) {
        this.eventLoop = eventLoop;
        this.faults = faults;
        this.afterTurn = afterTurn;
    }

    /** Whether a reply may be printed on now; else it is told when ({@link LongReply#onTurn}). */
    boolean mayPrint(final LongReply reply) {
        if (printedBytes < SHARE_BYTES) {
            return true;
        }
        waiting.addLast(reply);
        schedule();
        return false;
    }

    void printed(final int bytes) {
        printedBytes += bytes;
        schedule();
    }

    private void schedule() {
        if (!isTaskScheduled) {
            isTaskScheduled = true;
            eventLoop.schedule(task, PAUSE_MICROS, TimeUnit.MICROSECONDS);
        }
    }

    private void onTask() {
        isTaskScheduled = false;
        printedBytes = 0;
        for (int i = waiting.size(); i > 0; i--) {
            final LongReply reply = waiting.removeFirst();
            try {
                reply.onTurn();
            } catch (final RuntimeException | Error e) {
                faults.end(reply.connection(), e);
            }
        }
        afterTurn.run();
    }
}
