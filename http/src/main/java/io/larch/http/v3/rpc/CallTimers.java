package io.larch.http.v3.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DeadlineTimerWheel;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * What calls wait for time for: each timer has a time of its own. Kept to a tick of the loop's.
 *
 * <p>One event loop's. Setting and clearing one allocates nothing once it has grown.
 */
public final class CallTimers {
    /** No timer. */
    public static final long NONE = DeadlineTimerWheel.NULL_DEADLINE;

    private static final long TICK_NANOS = 1L << 24;
    private static final int TICKS = 1 << 10;
    private static final int AT_ONCE = 1_000;

    private final Long2ObjectHashMap<Runnable> waiting = new Long2ObjectHashMap<>();
    private final List<Runnable> over = new ArrayList<>();
    private final Runnable tickLater;
    private DeadlineTimerWheel wheel;

    /**
     * @param tickLater has {@link #expire} called in a while.
     */
    public CallTimers(final Runnable tickLater) {
        this.tickLater = tickLater;
    }

    /**
     * Sets a timer.
     *
     * @return names it.
     */
    public long set(final long atNanos, final long nowNanos, final Runnable whenOver) {
        if (wheel == null || wheel.timerCount() == 0) {
            // Else it would have to step through the time when nobody waited.
            start(nowNanos);
        }
        final long timer = wheel.scheduleTimer(Math.max(atNanos, nowNanos));
        waiting.put(timer, whenOver);
        tickLater.run();
        return timer;
    }

    private void start(final long nowNanos) {
        if (wheel == null) {
            wheel = new DeadlineTimerWheel(TimeUnit.NANOSECONDS, nowNanos, TICK_NANOS, TICKS);
        } else {
            wheel.resetStartTime(nowNanos);
        }
    }

    public void clear(final long timer) {
        if (timer != NONE && waiting.remove(timer) != null) {
            wheel.cancelTimer(timer);
        }
    }

    public boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Tells those whose time is over. */
    public void expire(final long nowNanos) {
        if (wheel == null) {
            return;
        }
        boolean isLate = true;
        while (isLate && wheel.timerCount() > 0) {
            final int expired = wheel.poll(nowNanos, this::collect, AT_ONCE);
            isLate = expired > 0 || wheel.currentTickTime() <= nowNanos;
            // Not while the wheel turns: they may set timers.
            final List<Runnable> works = List.copyOf(over);
            over.clear();
            works.forEach(Runnable::run);
        }
    }

    private boolean collect(final TimeUnit unit, final long nowNanos, final long timer) {
        final Runnable whenOver = waiting.remove(timer);
        if (whenOver != null) {
            over.add(whenOver);
        }
        return true;
    }
}
