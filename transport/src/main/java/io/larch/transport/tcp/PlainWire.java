package io.larch.transport.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Bytes as they are. */
final class PlainWire implements Wire {
    private final SocketChannel channel;
    private ByteBuffer first;

    /**
     * @param first read already, from position to limit; null: nothing.
     */
    PlainWire(final SocketChannel channel, final ByteBuffer first) {
        this.channel = channel;
        this.first = first;
    }

    @Override
    public boolean establish() {
        return true;
    }

    @Override
    public boolean isAtWork() {
        return false;
    }

    @Override
    public int read(final ByteBuffer target) throws IOException {
        int count = 0;
        if (first != null) {
            count = Math.min(first.remaining(), target.remaining());
            target.put(target.position(), first, first.position(), count);
            target.position(target.position() + count);
            first.position(first.position() + count);
            if (first.hasRemaining()) {
                return count;
            }
            first = null;
        }
        final int more = channel.read(target);
        return more < 0 && count > 0 ? count : more + count;
    }

    @Override
    public boolean write(final ByteBuffer source) throws IOException {
        channel.write(source);
        return !source.hasRemaining();
    }

    @Override
    public void close() {
        first = null;
    }
}
