package io.larch.http.v3.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;

/**
 * Takes what a client sends on one stream, and the stream's news.
 *
 * <p>On the event loop's thread.
 */
public interface StreamHandler {
    /**
     * The request begins; it may be answered within the call. Called once, before all else but
     * {@link #onClosed}.
     *
     * @param headers as the client sent them: any field may be missing, any value hold any byte.
     * @param isEnd whether nothing follows; {@link #onEnd} is not called then.
     */
    void onOpen(Http2Headers headers, boolean isEnd);

    /**
     * A piece of the request's body.
     *
     * @param data valid during the call; not the handler's.
     * @return whether the client may send as much again; if not, {@link ServerStream#consumed} has
     *     to follow.
     */
    boolean onData(ByteBuf data);

    /** The client has sent all of its request. */
    void onEnd();

    /** The stream takes bytes again. */
    void onWritable();

    /** What was written has gone to the client, as far as it takes it. */
    default void onFlush() {
        // Most have nothing that waits for it.
    }

    /** The member stops: what cannot go on had better say so now. */
    void onShutdown();

    /** The stream is gone, whoever ended it: nothing may be kept. Called once. */
    void onClosed();
}
