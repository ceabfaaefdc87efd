package io.larch.transport.tcp;

import io.larch.transport.ChannelWatch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.agrona.CloseHelper;

/**
 * One TCP connection: its socket, how it ends the wait of the thread that drives it, and whether
 * there may be something to do. Owned by that thread.
 */
final class Line implements AutoCloseable {
    private final SocketChannel channel;
    private final Runnable onReady;
    private final ChannelWatch.Watched watched;
    private int operations;
    private boolean isReady = true;

    /**
     * @param watch null: it may always be ready.
     * @param onReady called within the thread's wait.
     */
    private Line(
            final SocketChannel channel,
            final int operations,
            final ChannelWatch watch,
            final Runnable onReady) {
        this.channel = channel;
        this.operations = operations;
        this.onReady = onReady;
        watched = watch == null ? null : watch.watch(channel, operations, this::ready);
    }

    private void ready() {
        isReady = true;
        onReady.run();
    }

    /** Begins to connect. */
    static Line dial(
            final InetSocketAddress address, final ChannelWatch watch, final Runnable onReady)
            throws IOException {
        final SocketChannel channel = SocketChannel.open();
        try {
            configure(channel);
            final boolean isConnected = channel.connect(address);
            return new Line(
                    channel,
                    isConnected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT,
                    watch,
                    onReady);
        } catch (final IOException | RuntimeException e) {
            CloseHelper.quietClose(channel);
            throw e;
        }
    }

    /** Takes a connection that was accepted. */
    static Line accepted(
            final SocketChannel channel, final ChannelWatch watch, final Runnable onReady)
            throws IOException {
        try {
            configure(channel);
            return new Line(channel, SelectionKey.OP_READ, watch, onReady);
        } catch (final IOException | RuntimeException e) {
            CloseHelper.quietClose(channel);
            throw e;
        }
    }

    private static void configure(final SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /** Whether the connection that was dialed is there. */
    boolean connect() throws IOException {
        if (!channel.isConnected()) {
            if (!channel.finishConnect()) {
                isReady = false;
                return false;
            }
            watch(SelectionKey.OP_READ);
        }
        return true;
    }

    /** Whether the wait ends when the socket takes more. */
    void awaitWritable(final boolean isAwaited) {
        watch(SelectionKey.OP_READ | (isAwaited ? SelectionKey.OP_WRITE : 0));
    }

    private void watch(final int wanted) {
        if (wanted != operations) {
            operations = wanted;
            if (watched != null) {
                watched.operations(wanted);
            }
        }
    }

    /** Whether there may be something to read. */
    boolean isReady() {
        return isReady || watched == null;
    }

    /** All was read that was there. */
    void dry() {
        isReady = false;
    }

    SocketChannel channel() {
        return channel;
    }

    /** The other end. */
    String remote() {
        try {
            final InetSocketAddress address = (InetSocketAddress) channel.getRemoteAddress();
            return address == null
                    ? "?"
                    : address.getAddress().getHostAddress() + ":" + address.getPort();
        } catch (final IOException e) {
            return "?";
        }
    }

    /** Is watched no more; the socket stays open. */
    void letGo() {
        if (watched != null) {
            watched.close();
        }
    }

    @Override
    public void close() {
        letGo();
        CloseHelper.quietClose(channel);
    }
}
