package io.larch.engine;

import org.agrona.DirectBuffer;

/**
 * What an edge does with the engine's answers. All methods run on the event loop's thread; buffers
 * are valid during the call only. Correlation ids are those of the commands answered; the edge
 * ignores ids it no longer knows.
 */
public interface ReplyHandler {
    /**
     * A command succeeded.
     *
     * @param created whether the status is 201.
     * @param event the result, as {@link io.larch.engine.codec.EventFlyweight} lays it out.
     */
    void onResult(
            long correlationId,
            boolean created,
            long storeIndex,
            long raftIndex,
            long raftTerm,
            DirectBuffer event,
            int offset,
            int length);

    /**
     * A command failed, or could not be done.
     *
     * @param errorCode of {@link io.larch.engine.codec.ErrorCode}.
     * @param cause raw bytes to be escaped; empty for none.
     */
    void onError(
            long correlationId,
            int errorCode,
            long storeIndex,
            DirectBuffer cause,
            int offset,
            int length);

    /**
     * A watch was accepted: send the reply's head now. {@link #onEvents} and {@link #onWatchEnd}
     * may follow.
     */
    void onWatchStart(long correlationId, long storeIndex, long raftIndex, long raftTerm);

    /**
     * One event for one or more watchers; a long poll is over with it.
     *
     * @param correlationIds of the watches, the first {@code count} of them; the array is reused
     *     after the call.
     */
    void onEvents(long[] correlationIds, int count, DirectBuffer event, int offset, int length);

    /** The engine ended a watch: finish the body and let the client watch again. */
    void onWatchEnd(long correlationId);

    /**
     * No more answers for now: what was written may be flushed. The engine calls it after each
     * batch of answers given on this thread, at the latest at the end of its turn; calls without
     * answers before them are harmless.
     */
    default void onBatchEnd() {}
}
