package io.larch.http.tls;

import io.larch.http.metrics.EdgeCounters;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the listeners of an edge need to speak TLS: the handshakes of each of its event loops and
 * the threads for what is slow in them.
 *
 * <p>Made before the listeners; then only read.
 */
public final class TlsFront implements AutoCloseable {
    private final HandshakeTasks tasks =
            new HandshakeTasks(Runtime.getRuntime().availableProcessors());
    private final Map<EventLoop, Handshakes> handshakes = new IdentityHashMap<>();

    /** One more event loop that connections may be on. */
    public void add(
            final EventLoop eventLoop,
            final EdgeCounters counters,
            final RejectionLog rejections,
            final LongSupplier monotonicNanos) {
        handshakes.put(
                eventLoop, new Handshakes(eventLoop, tasks, counters, rejections, monotonicNanos));
    }

    /**
     * Makes the first handler of each connection of a listener, on the connection's event loop.
     *
     * @param contexts the newest, for each connection.
     */
    public Function<EventLoop, ChannelHandler> handlers(final Supplier<SslContext> contexts) {
        return eventLoop -> handshakes.get(eventLoop).begin(contexts);
    }

    @Override
    public void close() {
        tasks.close();
    }
}
