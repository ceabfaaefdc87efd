package io.larch.transport;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counts since the start. Written by the thread that drives the transport, read by any. */
public final class TransportCounters {
    private final AtomicLongArray values = new AtomicLongArray(TransportCounter.values().length);

    public TransportCounters() {}

    public long get(final TransportCounter counter) {
        return values.get(counter.ordinal());
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
        final int index = counter.ordinal();
        values.lazySet(index, values.getPlain(index) + count);
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        for (final TransportCounter counter : TransportCounter.values()) {
            final long value = get(counter);
            if (value != 0) {
                text.append(text.isEmpty() ? "" : " ")
                        .append(counter.name().toLowerCase(java.util.Locale.ROOT))
                        .append('=')
                        .append(value);
            }
        }
        return text.toString();
    }
}
