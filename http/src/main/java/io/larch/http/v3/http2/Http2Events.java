package io.larch.http.v3.http2;

/** What is counted of connections of HTTP/2. Called on the event loop's thread. */
public interface Http2Events {
    /** A connection speaks HTTP/2. */
    void sessionOpened();

    /** A client has opened a stream. */
    void streamOpened();

    /** A client was told that it breaks the protocol, or that it asks too much, and was left. */
    void sessionRefused(String reason);
}
