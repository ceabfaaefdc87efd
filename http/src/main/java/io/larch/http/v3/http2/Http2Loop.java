package io.larch.http.v3.http2;

import io.larch.http.output.Outlet;
import io.larch.http.output.ReaderLag;

/**
 * What an event loop does for its connections of HTTP/2.
 *
 * <p>On the event loop's thread.
 */
public interface Http2Loop {
    /** A connection begins to read: what is handed over and written meanwhile may wait. */
    void startReading();

    /** It has read: the engine may work, what was written may go. */
    void endReading();

    /** So many bytes were written. */
    void wrote(int bytes);

    /** Calls {@link Outlet#flush} once, soon. */
    void flushLater(Outlet outlet);

    /** Flushes what waits now, unless a connection is being read from. */
    void flushUnlessReading();

    /** Something was flushed; perhaps its client did not take all. */
    void flushed(ReaderLag lag);

    /** The client of that is gone. */
    void closed(ReaderLag lag);

    /** Something went wrong that must not: that ends, everybody else goes on. */
    void fault(Outlet whose, Throwable fault);

    /** The clock of time-outs. */
    long nanoTime();

    /** Counts news of the connections. */
    Http2Events events();
}
