package io.larch.engine.keys.watch;

import io.larch.engine.keys.Store;
import org.agrona.DirectBuffer;

/**
 * Where the store tells about watches. Called on the engine thread, within {@link Store#watch},
 * {@link Store#apply} and {@link Store#endAllWatches} only. The sink may call {@link
 * Store#cancelWatch}, and nothing else of the store.
 */
public interface WatchSink {
    /**
     * A watch was accepted; comes before its first event, also when that is taken from the history.
     *
     * @param storeIndex the store's index at this moment.
     */
    void onWatchStart(long correlationId, long storeIndex);

    /**
     * One event for one or more watches, to be told in this order. A long poll is over with it and
     * already forgotten by the store.
     *
     * @param correlationIds the first {@code count} of them; the array is reused after the call.
     * @param event as {@link io.larch.engine.codec.EventFlyweight} lays it out; valid during the
     *     call.
     */
    void onEvents(long[] correlationIds, int count, DirectBuffer event, int offset, int length);

    /** The store ended a watch: no more events will follow. */
    void onWatchEnd(long correlationId);
}
