package io.larch.http.output;

/**
 * Where answers go out to one client: a connection, or a stream of one that has several.
 *
 * <p>On the event loop's thread.
 */
public interface Outlet {
    /** How far the client is behind in reading. */
    ReaderLag lag();

    /** What was written goes out now. */
    void flush();

    /** Ends it as it is. */
    void abort();
}
