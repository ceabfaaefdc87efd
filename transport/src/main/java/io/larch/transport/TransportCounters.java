package io.larch.transport;

import java.util.Locale;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;

/** Counts since the start. Written by the thread that drives the transport, read by any. */
public final class TransportCounters {
    private static final TransportCounter[] COUNTERS = TransportCounter.values();

    private final AtomicCounter[] values = new AtomicCounter[COUNTERS.length];

    /**
     * @param manager where all of the member's counters are; null for those that nobody else sees.
     */
    public TransportCounters(final CountersManager manager) {
        final UnsafeBuffer own =
                new UnsafeBuffer(new byte[COUNTERS.length * CountersReader.COUNTER_LENGTH]);
        for (final TransportCounter counter : COUNTERS) {
            values[counter.ordinal()] =
                    manager == null
                            ? new AtomicCounter(own, counter.ordinal())
                            : manager.newCounter(label(counter));
        }
    }

    private static String label(final TransportCounter counter) {
        final String name = counter.name().toLowerCase(Locale.ROOT);
        return "transport." + name + " [" + counter.unit() + "]";
    }

    public long get(final TransportCounter counter) {
        return values[counter.ordinal()].get();
    }

    /** Adds what another counter has grown by. */
    public void follow(final TransportCounter counter, final long before, final long now) {
        if (now != before) {
            add(counter, now - before);
        }
    }

    public void increment(final TransportCounter counter) {
        add(counter, 1);
    }

    public void add(final TransportCounter counter, final long count) {
        values[counter.ordinal()].getAndAddRelease(count);
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        for (final TransportCounter counter : COUNTERS) {
            final long value = get(counter);
            if (value != 0) {
                text.append(text.isEmpty() ? "" : " ")
                        .append(counter.name().toLowerCase(Locale.ROOT))
                        .append('=')
                        .append(value);
            }
        }
        return text.toString();
    }
}
