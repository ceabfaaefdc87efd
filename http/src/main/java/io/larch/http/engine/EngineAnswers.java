package io.larch.http.engine;

import io.larch.engine.port.Reply;
import io.larch.http.output.Outlet;

/**
 * Takes the engine's answers to one request, each valid during the call. What a kind of request
 * never gets, it need not take.
 *
 * <p>On the event loop's thread. An answer may arrive while the command is being handed over.
 */
public interface EngineAnswers {
    /** Whose it is; what goes wrong here ends that. */
    Outlet connection();

    /**
     * Whether events of keys are told here, or what was told before: then its answers must not
     * overtake events.
     */
    default boolean isOfWatch() {
        return false;
    }

    default void onResult(final Reply result) {}

    void onError(Reply error);

    /** The engine has an answer too long for one message: its parts are asked for. */
    default void onReadOpened() {}

    default void onReadPart(final Reply part) {}

    /** The engine cannot go on with a read. */
    default void onReadCut() {}

    default void onWatchStart(final Reply start) {}

    /**
     * Events for this watch and perhaps for others.
     *
     * @param bytes of the events, for all of them.
     */
    default void onEvents(final Reply events, final SharedBytes bytes) {}

    default void onWatchEnd() {}
}
