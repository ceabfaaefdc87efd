package io.larch.tools.server;

import io.larch.http.HttpEdge;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the ports of a member: all of the listen URLs or, with a clear word, none. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private Listeners() {}

    /**
     * First for members, then for clients.
     *
     * @param await returns when the future is done.
     * @throws StartupException naming the address that could not be had.
     */
    static void open(final HttpEdge edge, final ServerConfig.Urls urls, final Await await)
            throws InterruptedException {
        open(urls.listenPeer(), edge::bindPeer, await);
        urls.listenPeer().forEach(url -> LOG.info("listening for peers on {}", url));
        open(urls.listenClient(), edge::bind, await);
        urls.listenClient().forEach(url -> LOG.info("listening for client requests on {}", url));
    }

    private static void open(
            final List<String> urls,
            final Function<InetSocketAddress, ChannelFuture> bind,
            final Await await)
            throws InterruptedException {
        for (final String url : urls) {
            final ChannelFuture opening = bind.apply(Addresses.listen(url));
            await.until(opening);
            if (!opening.isSuccess()) {
                throw refused(url, opening.cause());
            }
        }
    }

    private static StartupException refused(final String url, final Throwable cause) {
        final String message = String.valueOf(cause.getMessage());
        // The native transport names the errno in its text only.
        final String reason = message.contains("in use") ? "bind: address already in use" : message;
        return new StartupException(
                "listen tcp " + Addresses.hostAndPort(url) + ": " + reason, cause);
    }

    /** How the caller waits for an event loop. */
    @FunctionalInterface
    interface Await {
        void until(ChannelFuture future) throws InterruptedException;
    }
}
