package io.larch.http;

import io.larch.http.output.Outlet;
import io.larch.http.output.ReaderLag;
import io.larch.http.v3.http2.Http2Events;
import io.larch.http.v3.http2.Http2Loop;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an event loop does for its connections of HTTP/2. Clients that are left are all counted;
 * each reason is told to the log once.
 *
 * <p>One event loop's.
 */
final class Http2Access implements Http2Loop, Http2Events {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Access.class);
    private static final int MAX_KINDS = 100;

    private final Set<String> kinds = new HashSet<>();
    private final EdgeLoop loop;

    Http2Access(final EdgeLoop loop) {
        this.loop = loop;
    }

    @Override
    public void startReading() {
        loop.flushes().startReading();
    }

    @Override
    public void endReading() {
        loop.flushes().endReading();
    }

    @Override
    public void wrote(final int bytes) {
        loop.flushes().wrote(bytes);
    }

    @Override
    public void flushLater(final Outlet outlet) {
        loop.flushes().add(outlet);
    }

    @Override
    public void flushUnlessReading() {
        loop.flushes().flushUnlessReading();
    }

    @Override
    public void flushed(final ReaderLag lag) {
        loop.flushed(lag);
    }

    @Override
    public void closed(final ReaderLag lag) {
        loop.closed(lag);
    }

    @Override
    public void fault(final Outlet whose, final Throwable fault) {
        loop.faults().end(whose, fault);
    }

    @Override
    public long nanoTime() {
        return loop.context().monotonicNanos().getAsLong();
    }

    @Override
    public Http2Events events() {
        return this;
    }

    // --- what is counted ---

    @Override
    public void sessionOpened() {
        loop.counters().http2SessionOpened();
    }

    @Override
    public void streamOpened() {
        loop.counters().http2StreamOpened();
    }

    @Override
    public void sessionRefused(final String reason) {
        loop.counters().http2SessionRefused();
        final String kind = reason.replaceAll("[0-9]+", "0");
        if (kinds.size() < MAX_KINDS && kinds.add(kind)) {
            LOG.warn("left a client of HTTP/2: {}; its like is only counted", reason);
        }
    }
}
