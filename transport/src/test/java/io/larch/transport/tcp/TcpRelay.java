package io.larch.transport.tcp;

import io.larch.transport.contract.TestMember;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;

/** Passes connections on to a member; can break them, or pass nothing on without a word. */
final class TcpRelay implements AutoCloseable {
    private final ServerSocketChannel server;
    private final List<Pair> pairs = new ArrayList<>();
    private int target;
    private boolean isCut;
    private int accepted;

    private record Pair(SocketChannel near, SocketChannel far) {}

    TcpRelay(final TestMember member) throws IOException {
        target = member.port;
        server = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
        server.configureBlocking(false);
    }

    String url() {
        try {
            return "http://127.0.0.1:" + ((InetSocketAddress) server.getLocalAddress()).getPort();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connections so far. */
    int accepted() {
        return accepted;
    }

    /** New connections go elsewhere. */
    void leadTo(final int port) {
        target = port;
    }

    /** Nothing is passed on, and nobody is told. */
    void cut(final boolean cut) {
        isCut = cut;
    }

    /** All connections end. */
    void breakAll() {
        pairs.forEach(TcpRelay::end);
        pairs.clear();
    }

    private static void end(final Pair pair) {
        CloseHelper.quietCloseAll(pair.near, pair.far);
    }

    void turn() {
        if (isCut) {
            return;
        }
        try {
            accept();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        pairs.removeIf(
                pair -> {
                    final boolean isOver =
                            isOver(pair.near, pair.far) || isOver(pair.far, pair.near);
                    if (isOver) {
                        end(pair);
                    }
                    return isOver;
                });
    }

    private void accept() throws IOException {
        final SocketChannel near = server.accept();
        if (near == null) {
            return;
        }
        accepted++;
        near.configureBlocking(false);
        try {
            final SocketChannel far =
                    SocketChannel.open(new InetSocketAddress("127.0.0.1", target));
            far.configureBlocking(false);
            pairs.add(new Pair(near, far));
        } catch (final IOException e) {
            near.close();
        }
    }

    private static boolean isOver(final SocketChannel from, final SocketChannel to) {
        final ByteBuffer bytes = ByteBuffer.allocate(64 << 10);
        try {
            final int count = from.read(bytes);
            bytes.flip();
            while (bytes.hasRemaining()) {
                to.write(bytes);
            }
            return count < 0;
        } catch (final IOException e) {
            return true;
        }
    }

    @Override
    public void close() {
        breakAll();
        CloseHelper.quietClose(server);
    }
}
