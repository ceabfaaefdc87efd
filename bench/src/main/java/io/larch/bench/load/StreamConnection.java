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
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * One connection with many gRPC calls at a time, streams among them. What is sent waits for {@link
 * #flush}. Used by the load thread only.
 */
final class StreamConnection implements AutoCloseable, Http2Frames.Listener {
    private static final int CAPACITY = 1 << 18;

    private final Http2Frames frames = new Http2Frames(this);
    private final Int2ObjectHashMap<CallStream> calls = new Int2ObjectHashMap<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(CAPACITY);

    /** From 0 to its position: what is to be written. */
    private final ByteBuffer out = ByteBuffer.allocateDirect(CAPACITY);

    private final String authority;
    private final SocketChannel channel;
    private final SelectionKey selectionKey;
    private int nextId = 1;
    private long window = Http2Frames.DEFAULT_WINDOW;
    private int initialWindow = Http2Frames.DEFAULT_WINDOW;

    StreamConnection(final URI url, final Selector selector) throws IOException {
        authority = url.getAuthority();
        channel = SocketChannel.open(new InetSocketAddress(url.getHost(), url.getPort()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.write(frames.opening());
        channel.configureBlocking(false);
        selectionKey = channel.register(selector, SelectionKey.OP_READ, this);
    }

    /**
     * Begins a call.
     *
     * @param method of gRPC, behind its package.
     * @return null: too much waits to be written.
     */
    CallStream open(final String method, final CallStream.Listener listener) {
        final byte[] block = GrpcTemplate.headerBlock(method, authority);
        if (out.remaining() < Http2Frames.HEAD_LENGTH + block.length) {
            return null;
        }
        final CallStream call = new CallStream(this, nextId, initialWindow, listener);
        nextId += 2;
        calls.put(call.id(), call);
        Http2Frames.head(
                out, block.length, Http2Frames.HEADERS, Http2Frames.END_HEADERS, call.id());
        out.put(block);
        return call;
    }

    boolean send(
            final CallStream call, final DirectBuffer message, final int length, final int flags) {
        final int dataLength = CallStream.MESSAGE_HEAD_LENGTH + length;
        if (dataLength > Math.min(window, call.window())
                || Http2Frames.HEAD_LENGTH + dataLength > out.remaining()) {
            return false;
        }
        Http2Frames.head(out, dataLength, Http2Frames.DATA, flags, call.id());
        out.put((byte) 0).putInt(length);
        message.getBytes(0, out, length);
        window -= dataLength;
        call.window(-dataLength);
        return true;
    }

    /** Writes what waits, as far as the socket takes it. */
    void flush() throws IOException {
        if (out.position() > 0) {
            out.flip();
            channel.write(out);
            out.compact();
        }
        final boolean isWaiting = out.position() > 0;
        final int wanted =
                isWaiting ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (selectionKey.interestOps() != wanted) {
            selectionKey.interestOps(wanted);
        }
    }

    /** Goes on with what the selector found. */
    void onReady() throws IOException {
        final int count = channel.read(in);
        if (count < 0) {
            throw new EOFException("the server closed a connection");
        }
        if (count > 0) {
            frames.read(in);
        }
        final ByteBuffer owed = frames.owed();
        if (owed.hasRemaining() && owed.remaining() <= out.remaining()) {
            out.put(owed);
        }
    }

    @Override
    public void onData(
            final int streamId, final ByteBuffer arrived, final int offset, final int length) {
        final CallStream call = calls.get(streamId);
        if (call != null) {
            call.onData(arrived, offset, length);
        }
    }

    @Override
    public void onEnd(final int streamId, final boolean isRight) {
        final CallStream call = calls.remove(streamId);
        if (call != null) {
            call.onEnd(isRight);
        }
    }

    @Override
    public void onWindow(final int streamId, final int more) {
        if (streamId == 0) {
            window += more;
        } else if (calls.containsKey(streamId)) {
            calls.get(streamId).window(more);
        }
    }

    @Override
    public void onInitialWindow(final int newWindow) {
        final int more = newWindow - initialWindow;
        initialWindow = newWindow;
        calls.values().forEach(call -> call.window(more));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
