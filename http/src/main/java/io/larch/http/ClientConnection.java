package io.larch.http;

import io.larch.http.output.Outlet;
import io.larch.http.wire.HttpRequest;
import io.larch.http.wire.ReplyWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * What exchanges see of whoever sent their request: a connection of HTTP/1.1, which has one request
 * at a time, or a stream of HTTP/2, which has one and ends with it. Replies are printed as HTTP/1.1
 * has them; a stream makes frames of that.
 *
 * <p>On the event loop's thread.
 */
interface ClientConnection extends Outlet {
    /** The request that is being answered. */
    HttpRequest request();

    ReplyWriter replies();

    ByteBufAllocator alloc();

    /** Whether the client takes what is written now. */
    boolean isWritable();

    /** Whether nothing more will be heard of the client before the request is answered. */
    boolean isInputEndedOrFull();

    /** Whose turn it is by, among those who wait for the same; compared with equals. */
    Object client();

    /** The engine has to answer in time, else {@link EngineExchange#onTimeout}. */
    Timeout timeout();

    /** The request is this one's from now on. */
    void answerBy(EngineExchange exchange);

    /** Writes bytes and takes them over; they go out soon. */
    void write(ByteBuf bytes);

    /** Ends a body whose length was not known, where not the connection's end ends it. */
    void endStream();

    /**
     * The reply is written.
     *
     * @param isEndOfBody whether the body ends with the connection.
     */
    void end(boolean isEndOfBody);

    /** What was waited for did not come in time. */
    void onDeadline();
}
