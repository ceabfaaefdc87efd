package io.larch.http;

import io.larch.http.DeadlineList.Deadline;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long connections wait, for what. Looked at when the loop ticks, so a deadline is kept to a
 * tick's length.
 *
 * <p>One event loop's.
 */
final class Deadlines {
    private static final long MAX_TICK_MS = 250;
    private static final long MIN_TICK_MS = 10;
    private static final long LINGER_MS = 1_000;

    /** A probe is answered within a second even by an engine that hangs. */
    private static final long PROBE_MS = 850;

    private static final long PROBE_TICK_MS = 100;

    /** A snapshot is taken first; the engine itself gives up before. */
    private static final long STATE_MS = TimeUnit.MINUTES.toMillis(11);

    private final DeadlineList replies;
    private final DeadlineList senders;
    private final DeadlineList probes = new DeadlineList(TimeUnit.MILLISECONDS.toNanos(PROBE_MS));
    private final DeadlineList states = new DeadlineList(TimeUnit.MILLISECONDS.toNanos(STATE_MS));
    private final DeadlineList lingering =
            new DeadlineList(TimeUnit.MILLISECONDS.toNanos(LINGER_MS));
    private final LongSupplier monotonicNanos;
    private final Runnable tickLater;
    private final long tickMs;

    /**
     * @param tickLater has {@link #expire} called in a while.
     */
    Deadlines(final HttpContext context, final Runnable tickLater) {
        final long requestMs = context.requestTimeoutMs();
        final long senderMs = context.slowSenderTimeoutMs();
        this.replies = new DeadlineList(TimeUnit.MILLISECONDS.toNanos(requestMs));
        this.senders = new DeadlineList(TimeUnit.MILLISECONDS.toNanos(senderMs));
        this.monotonicNanos = context.monotonicNanos();
        this.tickLater = tickLater;
        this.tickMs =
                Math.max(MIN_TICK_MS, Math.min(MAX_TICK_MS, Math.min(requestMs, senderMs) / 10));
    }

    /** The engine has to answer a request. */
    void forReply(final Deadline deadline) {
        add(replies, deadline);
    }

    /** The engine has to answer a probe. */
    void forProbe(final Deadline deadline) {
        add(probes, deadline);
    }

    /** The engine has to give its whole state. */
    void forState(final Deadline deadline) {
        add(states, deadline);
    }

    /** A client has to send more of its request, or to take the last reply. */
    void forSender(final Deadline deadline) {
        add(senders, deadline);
    }

    /** A client that was told that nothing is read any more has to notice. */
    void forLingering(final Deadline deadline) {
        add(lingering, deadline);
    }

    private void add(final DeadlineList list, final Deadline deadline) {
        list.add(deadline, monotonicNanos.getAsLong());
        tickLater.run();
    }

    /** How often to look. */
    long tickMs() {
        return probes.isEmpty() ? tickMs : Math.min(tickMs, PROBE_TICK_MS);
    }

    boolean isEmpty() {
        return replies.isEmpty()
                && probes.isEmpty()
                && states.isEmpty()
                && senders.isEmpty()
                && lingering.isEmpty();
    }

    /** Tells those whose time is over. */
    void expire(final long nowNanos, final EdgeFaults faults) {
        expire(replies, nowNanos, faults);
        expire(probes, nowNanos, faults);
        expire(states, nowNanos, faults);
        expire(senders, nowNanos, faults);
        expire(lingering, nowNanos, faults);
    }

    private static void expire(
            final DeadlineList list, final long nowNanos, final EdgeFaults faults) {
        Deadline expired = list.pollExpired(nowNanos);
        while (expired != null) {
            try {
                expired.connection().onDeadline();
            } catch (final RuntimeException | Error e) {
                faults.end(expired.connection(), e);
            }
            expired = list.pollExpired(nowNanos);
        }
    }
}
