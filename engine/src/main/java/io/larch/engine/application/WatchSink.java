package io.larch.engine.application;

import org.agrona.DirectBuffer;

/**
 * Where an application tells about watches. Called on the engine thread, within {@link
 * Application#watch}, {@link Application#apply}, {@link Application#expire}, {@link
 * Application#work} and {@link Application#endAllWatches} only. The sink may call {@link
 * Application#cancelWatch}, and nothing else of the application.
 */
public interface WatchSink {
    /**
     * Correlation ids that are the same from this bit on belong to watches that go the same way.
     */
    int WAY_SHIFT = 48;

    /**
     * A watch was accepted; comes before its first event, also when that is taken from the history.
     *
     * @param storeIndex the application's index at this moment.
     */
    void onWatchStart(long correlationId, long storeIndex);

    /**
     * One event for one or more watches, to be told in this order. A long poll is over with it and
     * already forgotten by the application.
     *
     * @param correlationIds the first {@code count} of them; the array is reused after the call.
     * @param event as the application lays it out; valid during the call.
     */
    void onEvents(long[] correlationIds, int count, DirectBuffer event, int offset, int length);

    /**
     * Whether so much waits on the way to whose watch it is that it had better be told later: an
     * application that keeps the past tells it from there. Others need not ask. The same for all
     * that go the same way.
     */
    default boolean isBehind(final long correlationId) {
        return false;
    }

    /** The application ended a watch: no more events will follow. */
    void onWatchEnd(long correlationId);
}
