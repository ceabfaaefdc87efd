package io.larch.http;

import io.larch.http.output.Outlet;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/**
 * When what was written goes to the sockets: once for many replies, and soon. A batch that a
 * connection reads goes out behind it, what the engine answers goes out at the end of its batch.
 *
 * <p>One event loop's.
 */
final class Flushes {
    private static final long MUCH_BYTES = 4 << 20;

    private final EventLoop eventLoop;
    private final EngineRequests requests;
    private final EdgeFaults faults;
    private List<Outlet> dirty = new ArrayList<>();
    private List<Outlet> spare = new ArrayList<>();
    private final Runnable task = this::onTask;
    private boolean isTaskScheduled;
    private boolean isFlushing;
    private boolean doesEngineEndBatches;
    private long unflushedBytes;
    private long count;

    Flushes(final EventLoop eventLoop, final EngineRequests requests, final EdgeFaults faults) {
        this.eventLoop = eventLoop;
        this.requests = requests;
        this.faults = faults;
    }

    boolean isEmpty() {
        return dirty.isEmpty();
    }

    /** A connection begins to read; what is handed over and written meanwhile may wait. */
    void startReading() {
        requests.startBatch();
    }

    /** It has read: the engine may work, what was written may go. */
    void endReading() {
        requests.endBatch();
        flush();
    }

    /** So many bytes were written. */
    void wrote(final int bytes) {
        unflushedBytes += bytes;
    }

    /**
     * Between two answers of the engine: when much was written, it goes now. What the clients do
     * not take is counted only then.
     */
    void flushIfMuch() {
        if (unflushedBytes > MUCH_BYTES) {
            flushUnlessReading();
        }
    }

    /** Something was written to a connection. */
    void add(final Outlet connection) {
        dirty.add(connection);
        // Without a word from the engine when its batch is over, the loop's next turn flushes.
        if (!requests.isBatching() && !doesEngineEndBatches && !isTaskScheduled) {
            isTaskScheduled = true;
            eventLoop.execute(task);
        }
    }

    private void onTask() {
        isTaskScheduled = false;
        flush();
    }

    /** The engine has answered all for now. */
    void onBatchEnd() {
        doesEngineEndBatches = true;
        flushUnlessReading();
    }

    void flushUnlessReading() {
        if (!requests.isBatching()) {
            flush();
        }
    }

    void flush() {
        if (isFlushing) {
            return;
        }
        isFlushing = true;
        unflushedBytes = 0;
        try {
            requests.flush();
            // A flush may make more connections dirty, and let them hand over more.
            while (!dirty.isEmpty()) {
                final List<Outlet> batch = dirty;
                dirty = spare;
                spare = batch;
                flush(batch);
            }
        } finally {
            isFlushing = false;
        }
        requests.flush();
    }

    /**
     * Answers are written behind the events that they caused: the last goes first, or a writer
     * waits until everybody who watches has been sent to.
     */
    private void flush(final List<Outlet> batch) {
        for (int i = batch.size() - 1; i >= 0; i--) {
            flush(batch.get(i));
        }
        batch.clear();
    }

    /** How many there were so far. */
    long count() {
        return count;
    }

    private void flush(final Outlet connection) {
        count++;
        try {
            connection.flush();
        } catch (final RuntimeException | Error e) {
            faults.end(connection, e);
        }
    }
}
