package io.larch.tools.server;

import io.larch.http.HttpEdge;
import io.larch.http.proxy.ProxyEdge;
import io.larch.tools.bootstrap.Addresses;
import io.larch.tools.flags.ServerConfig;
import io.larch.tools.process.StartupException;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the ports of a member: all of the listen URLs or, with a clear word, none. */
public final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    /** As Go writes them. */
    private static final List<String> ERRNO_TEXTS =
            List.of(
                    "address already in use",
                    "cannot assign requested address",
                    "permission denied");

    private final ServerConfig.Urls urls;
    private final MemberTls tls;

    Listeners(final ServerConfig.Urls urls, final MemberTls tls) {
        this.urls = urls;
        this.tls = tls;
    }

    /**
     * First for members, where the way to the others does not listen itself, then for clients.
     *
     * @param await returns when the future is done.
     * @throws StartupException naming the address that could not be had.
     */
    void open(final HttpEdge edge, final PeerNetwork network, final Await await)
            throws InterruptedException {
        final List<String> pages =
                urls.listenPeer().stream().filter(url -> !network.listensAt(url)).toList();
        open(pages, url -> edge.bindPeer(Addresses.listen(url)), await);
        urls.listenPeer().forEach(url -> LOG.info("listening for peers on {}", url));
        open(urls.listenClient(), url -> bindClient(edge, url), await);
        urls.listenClient().forEach(url -> LOG.info("listening for client requests on {}", url));
    }

    /**
     * Those of a proxy.
     *
     * @param await returns when the future is done.
     * @throws StartupException naming the address that could not be had.
     */
    void openProxy(final ProxyEdge edge, final Await await) throws InterruptedException {
        open(urls.listenClient(), url -> bindClient(edge, url), await);
        urls.listenClient()
                .forEach(url -> LOG.info("proxy: listening for client requests on {}", url));
    }

    private ChannelFuture bindClient(final ProxyEdge edge, final String url) {
        return url.startsWith("https://")
                ? edge.bindTls(Addresses.listen(url), tls.clients().orElseThrow().server())
                : edge.bind(Addresses.listen(url));
    }

    private ChannelFuture bindClient(final HttpEdge edge, final String url) {
        return url.startsWith("https://")
                ? edge.bindTls(Addresses.listen(url), tls.clients().orElseThrow().http2Server())
                : edge.bind(Addresses.listen(url));
    }

    private static void open(
            final List<String> urls, final Function<String, ChannelFuture> bind, final Await await)
            throws InterruptedException {
        for (final String url : urls) {
            final ChannelFuture opening = bind.apply(url);
            await.until(opening);
            if (!opening.isSuccess()) {
                throw refused(Addresses.hostAndPort(url), opening.cause());
            }
        }
    }

    /**
     * Finds out whether the addresses can be had, before anything else is done: a member that
     * registers somewhere and then cannot listen has used up its place.
     *
     * @throws StartupException naming the first address that cannot be had.
     */
    public static void checkFree(final ServerConfig.Urls urls) {
        final List<Socket> taken = new ArrayList<>();
        try {
            for (final String url : urls.listenPeer()) {
                taken.add(take(url));
            }
            for (final String url : urls.listenClient()) {
                taken.add(take(url));
            }
        } finally {
            CloseHelper.quietCloseAll(taken);
        }
    }

    /** Bound but not listening: whoever looks for a member here is told that there is none. */
    private static Socket take(final String url) {
        final InetSocketAddress address = Addresses.listen(url);
        final Socket socket = new Socket();
        try {
            socket.setReuseAddress(true);
            socket.bind(address);
            return socket;
        } catch (final IOException e) {
            CloseHelper.quietClose(socket);
            throw refused(Addresses.hostAndPort(url), e);
        }
    }

    /** An address that could not be had, in the words of etcd. */
    static StartupException refused(final String hostAndPort, final Throwable cause) {
        final String message = String.valueOf(cause.getMessage());
        // The JDK and the native transport name the errno in their texts only.
        final String reason =
                ERRNO_TEXTS.stream()
                        .filter(text -> message.toLowerCase(Locale.ROOT).contains(text))
                        .findFirst()
                        .map(text -> "bind: " + text)
                        .orElse(message);
        return new StartupException("listen tcp " + hostAndPort + ": " + reason, cause);
    }

    /** How the caller waits for an event loop. */
    @FunctionalInterface
    interface Await {
        void until(ChannelFuture future) throws InterruptedException;
    }
}
