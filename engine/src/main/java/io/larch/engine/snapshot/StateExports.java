package io.larch.engine.snapshot;

import io.larch.engine.EngineLog;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that want this member's state. Each gets the file of a snapshot that covers all that was
 * applied when it asked: the newest one, or the next. They are few, and wait for a bounded time.
 * Owned by the engine thread.
 */
final class StateExports {
    /** Files open or asked for; more would only be in each other's way. */
    static final int LIMIT = 4;

    /** How long a snapshot, and the look at its file, may take. */
    static final long WAIT_NANOS = TimeUnit.MINUTES.toNanos(10);

    static final String TOO_MANY = "so many snapshots are being sent already";
    static final String TOO_LATE = "the snapshot was not ready in time";
    static final String STOPPED = "the member stops";

    private final List<Asked> waiting = new ArrayList<>();
    private final AtomicInteger openCount = new AtomicInteger();
    private final SnapshotContext context;
    private final EngineLog log;

    StateExports(final SnapshotContext context, final EngineLog log) {
        this.context = context;
        this.log = log;
    }

    /** One client that waits. */
    private static final class Asked {
        final Query<QueryViews.State> query;
        final long minIndex;
        final long startNanos;
        StateExport file;

        Asked(final Query<QueryViews.State> query, final long minIndex, final long startNanos) {
            this.query = query;
            this.minIndex = minIndex;
            this.startNanos = startNanos;
        }

        boolean isReady() {
            return file != null && file.isDone();
        }
    }

    /**
     * A client wants the state.
     *
     * @param minIndex what is applied now.
     */
    void ask(final Query<QueryViews.State> query, final long minIndex, final long nowNanos) {
        final long notOpened = waiting.stream().filter(asked -> asked.file == null).count();
        if (openCount.get() + notOpened >= LIMIT) {
            refuse(query, TOO_MANY);
        } else {
            waiting.add(new Asked(query, minIndex, nowNanos));
        }
    }

    /** Whether somebody needs a snapshot that goes further than this. */
    boolean isWantedBeyond(final long lastIndex) {
        for (int i = 0; i < waiting.size(); i++) {
            if (waiting.get(i).file == null && waiting.get(i).minIndex > lastIndex) {
                return true;
            }
        }
        return false;
    }

    /**
     * Has files opened, and gives out those that are.
     *
     * @param lastIndex what the newest snapshot covers.
     */
    int doWork(final long lastIndex, final long nowNanos) {
        if (waiting.isEmpty()) {
            return 0;
        }
        // An answer may bring the next question at once, so it is given when all were looked at.
        final List<Asked> over = new ArrayList<>();
        for (final Iterator<Asked> all = waiting.iterator(); all.hasNext(); ) {
            final Asked asked = all.next();
            if (asked.isReady() || nowNanos - asked.startNanos > WAIT_NANOS) {
                all.remove();
                over.add(asked);
            } else if (asked.file == null && asked.minIndex <= lastIndex) {
                asked.file = StateExport.start(context, openCount, log);
            }
        }
        over.forEach(this::end);
        return over.size();
    }

    private void end(final Asked asked) {
        final Throwable failure = asked.isReady() ? asked.file.failure() : null;
        if (asked.isReady() && failure == null) {
            log.stateGiven(asked.file.lastIndex(), asked.file.length());
            asked.query.answer(new QueryViews.State(asked.file, ""));
            return;
        }
        if (asked.file != null) {
            asked.file.close();
        }
        refuse(asked.query, failure == null ? TOO_LATE : failure.getMessage());
    }

    /** No snapshot could be taken now. Who waits for one need not wait for the next attempt. */
    void failed(final Throwable cause) {
        endUnopened(String.valueOf(cause.getMessage()));
    }

    private void endUnopened(final String reason) {
        final List<Asked> over = waiting.stream().filter(asked -> asked.file == null).toList();
        waiting.removeAll(over);
        over.forEach(asked -> refuse(asked.query, reason));
    }

    void close() {
        endUnopened(STOPPED);
        final List<Asked> over = List.copyOf(waiting);
        waiting.clear();
        for (final Asked asked : over) {
            asked.file.close();
            refuse(asked.query, STOPPED);
        }
    }

    private static void refuse(final Query<QueryViews.State> query, final String reason) {
        query.answer(new QueryViews.State(null, reason));
    }
}
