package io.larch.engine.stats;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Where the engine and an event loop on another thread tell each other when answers were made, and
 * how long they took from there to their sockets. Bounded: what does not fit is not counted.
 *
 * <p>A recorder of HdrHistogram would do for the second half. But the engine would wait for its
 * writer, and add up a histogram of 150 KB after each batch (50 us) where a batch has one sample;
 * and the sum of durations, which /metrics shows, would be that of buckets.
 *
 * <p>One per event loop.
 */
public final class ReplyTimes {
    private static final int STAMPS = 1 << 12;
    private static final int SAMPLES = 1 << 8;

    private final AtomicLongArray madeNanos = new AtomicLongArray(STAMPS);
    private final AtomicLongArray samples = new AtomicLongArray(2 * SAMPLES);
    private final AtomicLong head = new AtomicLong();
    private final AtomicLong tail = new AtomicLong();

    /** The answer of an entry is made. Engine thread, before the answer leaves. */
    void made(final long raftIndex, final long nowNanos) {
        madeNanos.lazySet((int) raftIndex & STAMPS - 1, nowNanos);
    }

    /** When the answer of an entry was made. Event loop. */
    public long madeNanos(final long raftIndex) {
        return madeNanos.get((int) raftIndex & STAMPS - 1);
    }

    /** So many answers took so long. Event loop. */
    public void add(final long nanos, final long count) {
        final long at = tail.get();
        if (at - head.get() < SAMPLES) {
            final int slot = 2 * ((int) at & SAMPLES - 1);
            samples.lazySet(slot, nanos);
            samples.lazySet(slot + 1, count);
            tail.lazySet(at + 1);
        }
    }

    /** Passes on what was told. Engine thread. */
    void drain(final Consumer consumer) {
        long at = head.get();
        final long end = tail.get();
        if (at == end) {
            return;
        }
        for (; at < end; at++) {
            final int slot = 2 * ((int) at & SAMPLES - 1);
            consumer.accept(samples.get(slot), samples.get(slot + 1));
        }
        head.lazySet(end);
    }

    /** Takes what was told. */
    @FunctionalInterface
    interface Consumer {
        void accept(long nanos, long count);
    }
}
