package io.larch.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One watch of the v2 API, which is a connection of its own. Used by the load thread only. */
final class EventStream implements AutoCloseable {
    private static final int CAPACITY = 1 << 14;

    private final ByteBuffer arrived = ByteBuffer.allocateDirect(CAPACITY);
    private final EventLines lines;
    private final SocketChannel channel;

    EventStream(final URI url, final Selector selector, final EventLines.Listener listener)
            throws IOException {
        lines = new EventLines(listener);
        channel = SocketChannel.open(new InetSocketAddress(url.getHost(), url.getPort()));
        final String path = EventLines.DIRECTORY.substring(0, EventLines.DIRECTORY.length() - 1);
        final String request =
                "GET /v2/keys"
                        + path
                        + "?wait=true&recursive=true&stream=true HTTP/1.1\r\nHost: "
                        + url.getAuthority()
                        + "\r\n\r\n";
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Whether it hears of what happens from now on. */
    boolean isOpen() {
        return lines.isOpen();
    }

    /** Go on with what the selector found. */
    void onReady() throws IOException {
        final int count = channel.read(arrived);
        if (count < 0) {
            throw new EOFException("the server closed a watch");
        }
        lines.read(arrived);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
