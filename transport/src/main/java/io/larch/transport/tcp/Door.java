package io.larch.transport.tcp;

import io.larch.transport.ChannelWatch;
import io.larch.transport.address.PeerUrl;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listening socket of a member. Owned by the thread that drives the transport. */
final class Door implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Door.class);
    private static final int BACKLOG = 256;

    /** When the process has no files left, that does not change at once. */
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final PeerUrl url;
    private final ServerSocketChannel channel;
    private final ChannelWatch.Watched watched;
    private boolean isReady = true;
    private boolean isResting;
    private String lastFailure;
    private long restNanos;

    private Door(
            final PeerUrl url,
            final ServerSocketChannel channel,
            final ChannelWatch watch,
            final Runnable onReady) {
        this.url = url;
        this.channel = channel;
        watched =
                watch == null
                        ? null
                        : watch.watch(
                                channel,
                                SelectionKey.OP_ACCEPT,
                                () -> {
                                    isReady = true;
                                    onReady.run();
                                });
    }

    /**
     * @throws IOException when the address cannot be had.
     */
    static Door open(final PeerUrl url, final ChannelWatch watch, final Runnable onReady)
            throws IOException {
        final ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(new InetSocketAddress(url.listenAddress(), url.port()), BACKLOG);
            return new Door(url, channel, watch, onReady);
        } catch (final IOException | RuntimeException e) {
            CloseHelper.quietClose(channel);
            throw e;
        }
    }

    boolean isTls() {
        return url.isTls();
    }

    /** The next connection; null when there is none now. */
    SocketChannel accept(final long nowNanos) {
        if (isResting && nowNanos - restNanos >= 0) {
            isResting = false;
            isReady = true;
            watch(SelectionKey.OP_ACCEPT);
        }
        if (isResting || watched != null && !isReady) {
            return null;
        }
        try {
            final SocketChannel accepted = channel.accept();
            isReady = accepted != null;
            return accepted;
        } catch (final IOException e) {
            rest(e, nowNanos);
            return null;
        }
    }

    private void rest(final IOException failure, final long nowNanos) {
        isResting = true;
        restNanos = nowNanos + REST_NANOS;
        watch(0);
        final String text = String.valueOf(failure.getMessage());
        if (!text.equals(lastFailure)) {
            lastFailure = text;
            LOG.error("cannot accept connections of peers at {}: {}", url, text);
        }
    }

    private void watch(final int operations) {
        if (watched != null) {
            watched.operations(operations);
        }
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(watched, channel);
    }
}
