package io.larch.http.v3.rpc;

import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * What calls wait for time for: each timer has a time of its own. Kept to a tick of the loop's.
 *
 * <p>One event loop's. Memory is in proportion to the timers that are set: of those that were
 * cleared before their time, no more are kept than of the others.
 */
public final class CallTimers {
    /** No timer. */
    public static final long NONE = Long.MAX_VALUE;

    /** So many that are cleared are not worth a sweep. */
    private static final int FEW = 64;

    private final Long2ObjectHashMap<Timer> waiting = new Long2ObjectHashMap<>();
    private final PriorityQueue<Timer> inOrder = new PriorityQueue<>();
    private final Runnable tickLater;
    private final Consumer<Throwable> faults;
    private long lastTimer;

    /**
     * @param tickLater has {@link #expire} called in a while.
     * @param faults told what a timer's work throws.
     */
    public CallTimers(final Runnable tickLater, final Consumer<Throwable> faults) {
        this.tickLater = tickLater;
        this.faults = faults;
    }

    /** Of equal times, who was set first comes first. */
    private static final class Timer implements Comparable<Timer> {
        private final long id;
        private final long atNanos;

        /** Null: cleared. */
        private Runnable whenOver;

        Timer(final long id, final long atNanos, final Runnable whenOver) {
            this.id = id;
            this.atNanos = atNanos;
            this.whenOver = whenOver;
        }

        @Override
        public int compareTo(final Timer other) {
            final long nanos = atNanos - other.atNanos;
            return nanos == 0 ? Long.compare(id, other.id) : Long.signum(nanos);
        }
    }

    /**
     * Sets a timer.
     *
     * @return names it.
     */
    public long set(final long atNanos, final long nowNanos, final Runnable whenOver) {
        final Timer timer = new Timer(++lastTimer, Math.max(atNanos, nowNanos), whenOver);
        waiting.put(timer.id, timer);
        inOrder.add(timer);
        tickLater.run();
        return timer.id;
    }

    public void clear(final long timer) {
        final Timer cleared = timer == NONE ? null : waiting.remove(timer);
        if (cleared != null) {
            cleared.whenOver = null;
            if (inOrder.size() > 2 * waiting.size() + FEW) {
                inOrder.removeIf(one -> one.whenOver == null);
            }
        }
    }

    public boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Tells those whose time is over; who sets a timer meanwhile is told by the next call. */
    public void expire(final long nowNanos) {
        final long last = lastTimer;
        Timer next = inOrder.peek();
        while (next != null && next.atNanos - nowNanos <= 0 && next.id <= last) {
            inOrder.remove();
            final Runnable work = next.whenOver;
            if (work != null) {
                waiting.remove(next.id);
                run(work);
            }
            next = inOrder.peek();
        }
        if (waiting.isEmpty()) {
            inOrder.clear();
        }
    }

    private void run(final Runnable work) {
        try {
            work.run();
        } catch (final RuntimeException | Error e) {
            faults.accept(e);
        }
    }
}
