package io.larch.transport.aeron;

import io.aeron.driver.status.SystemCounterDescriptor;
import io.aeron.driver.status.SystemCounters;
import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import java.util.concurrent.TimeUnit;

/**
 * Takes over what a driver counts: its own counters go with it, and only the thread that drives it
 * may read them.
 */
final class DriverCounters {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final SystemCounterDescriptor[] SOURCES = {
        SystemCounterDescriptor.NAK_MESSAGES_SENT,
        SystemCounterDescriptor.NAK_MESSAGES_RECEIVED,
        SystemCounterDescriptor.RETRANSMITS_SENT,
        SystemCounterDescriptor.INVALID_PACKETS,
        SystemCounterDescriptor.SHORT_SENDS
    };
    private static final TransportCounter[] TARGETS = {
        TransportCounter.NAKS_SENT,
        TransportCounter.NAKS_RECEIVED,
        TransportCounter.RETRANSMITS_SENT,
        TransportCounter.INVALID_DATAGRAMS,
        TransportCounter.SHORT_SENDS
    };

    private final SystemCounters driver;
    private final long[] before = new long[SOURCES.length];
    private long nextNanos;
    private boolean hasRun;

    DriverCounters(final SystemCounters driver) {
        this.driver = driver;
    }

    /** Adds what was counted since the last time. */
    void addTo(final TransportCounters total, final long nowNanos) {
        if (hasRun && nowNanos - nextNanos < 0) {
            return;
        }
        hasRun = true;
        nextNanos = nowNanos + INTERVAL_NANOS;
        for (int i = 0; i < SOURCES.length; i++) {
            final long now = driver.get(SOURCES[i]).get();
            total.follow(TARGETS[i], before[i], now);
            before[i] = now;
        }
    }
}
