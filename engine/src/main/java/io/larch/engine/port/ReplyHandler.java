package io.larch.engine.port;

/**
 * What an edge does with the engine's answers. All methods run on the event loop's thread but
 * {@link #isBehind}. Correlation ids are those of the commands answered; the edge ignores ids it no
 * longer knows.
 */
public interface ReplyHandler {
    /**
     * The engine tells something.
     *
     * @param reply valid during the call; filled again for the next.
     */
    void onReply(Reply reply);

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
