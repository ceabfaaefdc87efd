package io.larch.engine.port;

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
     * A read has a result too long for one message. It is told in parts, each after a {@code MORE}
     * with its correlation id ({@link RequestPort#offer}); the read begins with the first of them.
     * A {@code CANCEL} ends it. {@link #onReadPart}, {@link #onError} or {@link #onReadCut} follow.
     */
    void onReadOpened(long correlationId);

    /**
     * The next part of a result. All parts one behind the other are what {@link
     * io.larch.engine.codec.EventFlyweight} lays out; a node's fixed part and key are never parted,
     * and a value only where no UTF-8 sequence is.
     *
     * @param length may be 0 for the last part, and for no other.
     * @param isLast the result is complete with it.
     */
    void onReadPart(
            long correlationId,
            long storeIndex,
            long raftIndex,
            long raftTerm,
            DirectBuffer part,
            int offset,
            int length,
            boolean isLast);

    /** A read told in parts ends before its time: what was told is of no use. */
    void onReadCut(long correlationId);

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

    /**
     * Whether so much waits on the way to the edge that reads should wait, too. Asked on the
     * engine's thread.
     */
    default boolean isBehind() {
        return false;
    }
}
