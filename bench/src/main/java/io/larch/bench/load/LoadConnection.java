package io.larch.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One keep-alive connection with one request at a time. Used by the load thread only. */
final class LoadConnection implements AutoCloseable {
    private static final int REPLY_CAPACITY = 1 << 20;

    private final SocketChannel channel;
    private final SelectionKey selectionKey;
    private final Exchange exchange;
    private final ByteBuffer reply = ByteBuffer.allocateDirect(REPLY_CAPACITY);
    private ByteBuffer request = ByteBuffer.allocate(0);
    private long dueNs;

    LoadConnection(final URI url, final Selector selector, final Exchange exchange)
            throws IOException {
        this.exchange = exchange;
        channel = SocketChannel.open(new InetSocketAddress(url.getHost(), url.getPort()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.write(exchange.opening());
        channel.configureBlocking(false);
        selectionKey = channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Send a request that was due at a time; its latency counts from there. */
    void send(final int key, final long dueNs) throws IOException {
        this.dueNs = dueNs;
        request = exchange.request(key);
        write();
    }

    /** When the request under way was due. */
    long dueNs() {
        return dueNs;
    }

    /** Whether the last reply was an error. */
    boolean hasFailed() {
        return exchange.hasFailed();
    }

    /** Whether the last reply is one of those whose rate is asked for. */
    boolean isCounted() {
        return exchange.isCounted();
    }

    /** Go on with what the selector found; true when the reply is complete. */
    boolean onReady() throws IOException {
        if (request.hasRemaining() || exchange.owed().hasRemaining()) {
            write();
        }
        final int count = channel.read(reply);
        if (count < 0) {
            throw new EOFException("the server closed a connection");
        }
        final boolean isComplete = count > 0 && exchange.isComplete(reply);
        if (exchange.owed().hasRemaining()) {
            write();
        }
        return isComplete;
    }

    private void write() throws IOException {
        channel.write(request);
        if (!request.hasRemaining() && exchange.owed().hasRemaining()) {
            channel.write(exchange.owed());
        }
        selectionKey.interestOps(
                request.hasRemaining() || exchange.owed().hasRemaining()
                        ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
                        : SelectionKey.OP_READ);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
