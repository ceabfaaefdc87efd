package io.larch.http.proxy;

import io.larch.http.listen.RareLog;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the connections of one event loop share. On the event loop's thread. */
final class ProxyLoop {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyLoop.class);
    private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ProxyContext context;
    private final EventLoop eventLoop;
    private final Endpoints endpoints;
    private final Upstreams upstreams;
    private final ProxyPages pages;
    private final ProxyCounters counters;
    private final RareLog slowReaderLog = new RareLog(System::nanoTime);
    private long untoldCuts;
    private String lastMessage = "";
    private long lastNanos;

    ProxyLoop(
            final ProxyContext context,
            final EventLoop eventLoop,
            final Endpoints endpoints,
            final Upstreams upstreams,
            final ProxyPages pages,
            final ProxyCounters counters) {
        this.context = context;
        this.eventLoop = eventLoop;
        this.endpoints = endpoints;
        this.upstreams = upstreams;
        this.pages = pages;
        this.counters = counters;
    }

    ProxyContext context() {
        return context;
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    Endpoints endpoints() {
        return endpoints;
    }

    Upstreams upstreams() {
        return upstreams;
    }

    ProxyPages pages() {
        return pages;
    }

    ProxyCounters counters() {
        return counters;
    }

    /** A client that does not read its answers is cut off. */
    void slowReaderCut(final SocketAddress client) {
        counters.slowReaderCut();
        untoldCuts++;
        if (slowReaderLog.isDue()) {
            LOG.warn(
                    "closed {} connections of clients that do not read their answers; the last is"
                            + " {}",
                    untoldCuts,
                    client);
            untoldCuts = 0;
        }
    }

    /** Why a client got an error; the same at most once a second. */
    void log(final String message) {
        final long nowNanos = System.nanoTime();
        if (!message.equals(lastMessage) || nowNanos - lastNanos >= LOG_INTERVAL_NANOS) {
            LOG.info(message);
            lastMessage = message;
            lastNanos = nowNanos;
        }
    }
}
