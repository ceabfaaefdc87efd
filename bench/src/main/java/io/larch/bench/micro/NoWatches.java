package io.larch.bench.micro;

import io.larch.engine.application.WatchSink;
import org.agrona.DirectBuffer;

/** For a store that nobody watches. */
final class NoWatches implements WatchSink {
    @Override
    public void onWatchStart(final long correlationId, final long storeIndex) {
        throw new IllegalStateException();
    }

    @Override
    public void onEvents(
            final long[] correlationIds,
            final int count,
            final DirectBuffer event,
            final int offset,
            final int length) {
        throw new IllegalStateException();
    }

    @Override
    public void onWatchEnd(final long correlationId) {
        throw new IllegalStateException();
    }
}
