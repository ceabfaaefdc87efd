package io.larch.http.tls;

import io.larch.http.metrics.EdgeCounters;
import io.larch.http.metrics.EdgeCounters.Handshake;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The handshakes of one event loop: how many are open, and when each may go on. However many
 * clients come at once, the loop works for them for about a millisecond and then looks at all else,
 * since it may be the thread of the whole member. One that has no place yet waits, unread.
 *
 * <p>All methods run on the event loop's thread.
 */
public final class Handshakes {
    /** A handshake holds some ten KB; and whoever is slow holds a place till its time is up. */
    static final int MAX_OPEN = 1_024;

    /** Of each window so much. */
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final EventLoop eventLoop;
    private final Executor tasks;
    private final EdgeCounters counters;
    private final LongSupplier monotonicNanos;
    private final RejectionLog rejections;
    private final ArrayDeque<TlsHandshake> ready = new ArrayDeque<>();
    private final ArrayDeque<TlsHandshake> waiting = new ArrayDeque<>();
    private final Runnable slice = this::onSlice;
    private int open;
    private long windowNanos;
    private long usedNanos;
    private boolean isRunning;
    private boolean isScheduled;

    /**
     * @param tasks runs what takes long.
     * @param counters the event loop's, as the rejections are.
     */
    public Handshakes(
            final EventLoop eventLoop,
            final Executor tasks,
            final EdgeCounters counters,
            final RejectionLog rejections,
            final LongSupplier monotonicNanos) {
        this.eventLoop = eventLoop;
        this.tasks = tasks;
        this.counters = counters;
        this.monotonicNanos = monotonicNanos;
        this.rejections = rejections;
    }

    /**
     * The first handler of a new connection.
     *
     * @param contexts asked once, when its handshake begins.
     */
    public TlsHandshake begin(final Supplier<SslContext> contexts) {
        return new TlsHandshake(this, contexts);
    }

    Executor tasks() {
        return tasks;
    }

    /** One more wants to begin; it is told by {@link TlsHandshake#step()}. */
    void enter(final TlsHandshake handshake) {
        if (open < MAX_OPEN) {
            open++;
            handshake.admit();
            goOn(handshake);
        } else {
            waiting.add(handshake);
        }
    }

    /** One has something to do. */
    void goOn(final TlsHandshake handshake) {
        ready.add(handshake);
        if (!isRunning && !isScheduled) {
            work();
        }
    }

    /**
     * One is over.
     *
     * @param wasAdmitted whether it had begun; else it had waited.
     */
    void leave(final TlsHandshake handshake, final boolean wasAdmitted) {
        if (!wasAdmitted) {
            waiting.remove(handshake);
            return;
        }
        open--;
        final TlsHandshake next = waiting.poll();
        if (next != null) {
            enter(next);
        }
    }

    void succeeded() {
        counters.handshakeEnded(Handshake.DONE);
    }

    void failed(
            final SocketAddress client, final HandshakeFailure failure, final String serverName) {
        rejections.rejected(client, failure, serverName);
    }

    private void onSlice() {
        isScheduled = false;
        work();
    }

    /** Counts work that was done for handshakes. */
    void used(final long workNanos) {
        usedNanos += workNanos;
    }

    private void work() {
        isRunning = true;
        long nowNanos = monotonicNanos.getAsLong();
        if (nowNanos - windowNanos > WINDOW_NANOS) {
            windowNanos = nowNanos;
            usedNanos = 0;
        }
        while (usedNanos < SLICE_NANOS && !ready.isEmpty()) {
            final long startNanos = nowNanos;
            ready.poll().step();
            nowNanos = monotonicNanos.getAsLong();
            used(nowNanos - startNanos);
        }
        isRunning = false;
        if (!ready.isEmpty()) {
            isScheduled = true;
            eventLoop.schedule(
                    slice,
                    Math.max(0, windowNanos + WINDOW_NANOS - nowNanos) + 1,
                    TimeUnit.NANOSECONDS);
        }
    }
}
