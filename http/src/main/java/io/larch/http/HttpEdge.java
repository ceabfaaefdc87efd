package io.larch.http;

import io.larch.engine.RequestPort;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.net.SocketAddress;
import java.util.function.Supplier;

/**
 * The HTTP edge of a member: accepts clients, hands their requests to the engine, prints its
 * replies. Never waits: a caller that drives the event loop itself may call everything here.
 *
 * <p>Each event loop of the group gets one {@link RequestPort}; a connection stays with its loop.
 */
public final class HttpEdge {
    private final HttpContext context;
    private final EventLoopGroup loops;
    private final Class<? extends ServerChannel> channelClass;

    /**
     * @param loops run listeners and connections; stay owned by the caller. A single {@code
     *     IoEventLoop} will do.
     * @param channelClass of the listeners, fitting the loops' transport.
     */
    public HttpEdge(
            final HttpContext context,
            final EventLoopGroup loops,
            final Class<? extends ServerChannel> channelClass,
            final RequestPorts ports) {
        this.context = context.conclude();
        this.loops = loops;
        this.channelClass = channelClass;
    }

    /** Opens a listener for clients. The future completes on the event loop. */
    public ChannelFuture bind(final SocketAddress address) {
        return bind(address, null);
    }

    /**
     * Opens a listener for clients behind another handler.
     *
     * @param tls makes the first handler of each connection, for TLS; null for plain text.
     */
    public ChannelFuture bind(
            final SocketAddress address, final Supplier<? extends ChannelHandler> tls) {
        throw new UnsupportedOperationException(context + " " + loops + " " + channelClass);
    }

    /** Stops listening and closes every connection; watches end as they are. */
    public void close() {}
}
