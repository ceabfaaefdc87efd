package io.larch.tools.server;

import io.larch.http.HttpEdge;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the client port: all of the listen URLs or, with a clear word, none. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private Listeners() {}

    /**
     * @param await returns when the future is done.
     * @throws StartupException naming the address that could not be had.
     */
    static void open(final HttpEdge edge, final List<String> urls, final Await await)
            throws InterruptedException {
        final List<ChannelFuture> opening = new ArrayList<>();
        for (final String url : urls) {
            opening.add(edge.bind(address(url)));
        }
        for (int i = 0; i < opening.size(); i++) {
            await.until(opening.get(i));
            if (!opening.get(i).isSuccess()) {
                throw refused(urls.get(i), opening.get(i).cause());
            }
            LOG.info("listening for client requests on {}", urls.get(i));
        }
    }

    private static InetSocketAddress address(final String url) {
        final URI uri = URI.create(url);
        final InetSocketAddress address = new InetSocketAddress(uri.getHost(), uri.getPort());
        if (address.isUnresolved()) {
            throw new StartupException("listen tcp: lookup " + uri.getHost() + ": no such host");
        }
        return address;
    }

    private static StartupException refused(final String url, final Throwable cause) {
        final String message = String.valueOf(cause.getMessage());
        // The native transport names the errno in its text only.
        final String reason = message.contains("in use") ? "bind: address already in use" : message;
        return new StartupException(
                "listen tcp " + URI.create(url).getAuthority() + ": " + reason, cause);
    }

    /** How the caller waits for an event loop. */
    @FunctionalInterface
    interface Await {
        void until(ChannelFuture future) throws InterruptedException;
    }
}
