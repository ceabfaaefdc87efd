package io.larch.tools.system;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Many clients that wait, each on a connection of its own, without a thread or a buffer for each.
 */
final class WatchCrowd implements AutoCloseable {
    private static final long WAIT_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);

    private final URI url;
    private final Selector selector;
    private final List<Waiting> all = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);

    WatchCrowd(final URI url) throws IOException {
        this.url = url;
        selector = Selector.open();
    }

    /** One client and what it has been sent. */
    static final class Waiting {
        private final SocketChannel channel;
        private final String key;
        private final StringBuilder received = new StringBuilder();

        private Waiting(final SocketChannel channel, final String key) {
            this.channel = channel;
            this.key = key;
        }

        String key() {
            return key;
        }

        /** What came since the head of the reply. */
        String body() {
            return received.substring(received.indexOf("\r\n\r\n") + 4);
        }

        private boolean hasHead() {
            return received.indexOf("\r\n\r\n") >= 0;
        }

        /** Whether the reply is there to its end. */
        boolean isAnswered() {
            return received.indexOf("\r\n0\r\n\r\n") >= 0;
        }
    }

    List<Waiting> all() {
        return all;
    }

    /** One more long poll for a key. */
    void add(final String key) throws IOException {
        final SocketChannel channel = SocketChannel.open();
        final Waiting waiting = new Waiting(channel, key);
        all.add(waiting);
        channel.connect(new InetSocketAddress(url.getHost(), url.getPort()));
        final String request = "GET /v2/keys" + key + "?wait=true HTTP/1.1\r\nHost: h\r\n\r\n";
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, waiting);
    }

    /** Read until the heads of all replies have come: all are waiting then. */
    void awaitHeads() throws IOException {
        final int count = all.size();
        int heads = 0;
        for (final Waiting waiting : all) {
            heads += waiting.hasHead() ? 1 : 0;
        }
        final long deadlineNs = System.nanoTime() + WAIT_LIMIT_NS;
        while (heads < count) {
            for (final Waiting waiting : read(deadlineNs, "heads: " + heads)) {
                heads += waiting.hasHead() ? 1 : 0;
            }
        }
    }

    /** Read until so many have their answer; returns all who were sent anything. */
    List<Waiting> awaitAnswers(final int count) throws IOException {
        final List<Waiting> woken = new ArrayList<>();
        final long deadlineNs = System.nanoTime() + WAIT_LIMIT_NS;
        int answers = 0;
        while (answers < count) {
            for (final Waiting waiting : read(deadlineNs, "answers: " + answers)) {
                woken.add(waiting);
                answers += waiting.isAnswered() ? 1 : 0;
            }
        }
        return woken;
    }

    /** One round of reading; returns who was sent something. */
    private List<Waiting> read(final long deadlineNs, final String progress) throws IOException {
        final List<Waiting> readers = new ArrayList<>();
        if (System.nanoTime() - deadlineNs > 0) {
            throw new IOException("too few within the time, " + progress);
        }
        selector.select(1000);
        for (final SelectionKey selected : selector.selectedKeys()) {
            final Waiting waiting = (Waiting) selected.attachment();
            buffer.clear();
            if (waiting.channel.read(buffer) < 0) {
                selected.cancel();
                throw new EOFException("closed: a watch of " + waiting.key);
            }
            waiting.received.append(StandardCharsets.UTF_8.decode(buffer.flip()));
            readers.add(waiting);
        }
        selector.selectedKeys().clear();
        return readers;
    }

    @Override
    public void close() throws IOException {
        for (final Waiting waiting : all) {
            waiting.channel.close();
        }
        selector.close();
    }
}
