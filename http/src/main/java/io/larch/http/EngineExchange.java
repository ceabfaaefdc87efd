package io.larch.http;

import io.larch.http.engine.EngineAnswers;
import io.larch.http.output.EventFrames;
import io.larch.http.output.LongEvent;

/**
 * A request that the engine works on: takes its answers, and is told what becomes of the connection
 * meanwhile. It says itself when it is over ({@link ClientConnection#end}).
 *
 * <p>All on the event loop's thread. An answer may arrive while the command is being handed over.
 * What a kind of request never gets, it need not take.
 */
interface EngineExchange extends EngineAnswers {
    // --- events of keys ---

    /** Whether it takes events now. */
    default boolean isWatching() {
        return false;
    }

    @Override
    default boolean isOfWatch() {
        return isWatching();
    }

    default void onEvent(final EventFrames frames) {}

    /** An event that is printed piece by piece, and shared with others. */
    default void onLongEvent(final LongEvent event) {}

    /** There is no memory for an event: the watch ends, its client watches again. */
    default void onEventLost() {}

    // --- the connection's news ---

    /** The client has sent something behind the request. */
    default void onInput() {}

    /** The client sends no more. It may wait for its reply, or be gone. */
    default void onInputEnd() {}

    /** The client takes bytes again. */
    default void onWritable() {}

    /** What was written is about to go. */
    default void onFlush() {}

    /** The engine has not answered in time. */
    void onTimeout();

    /** The connection is gone: nothing may be kept, no answer is wanted. */
    void onClosed();
}
