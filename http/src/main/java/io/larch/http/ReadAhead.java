package io.larch.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/**
 * What a client has sent and nobody has decoded yet. While it is too much, the client is not read
 * from.
 *
 * <p>On the event loop's thread.
 */
final class ReadAhead {
    /** What a client may send ahead while it waits. */
    private static final int MAX_BYTES = 64 * 1024;

    private static final int TLS_HANDSHAKE = 0x16;
    private static final int TLS_MAJOR_VERSION = 3;

    private final Channel channel;
    private ByteBuf bytes;

    ReadAhead(final Channel channel) {
        this.channel = channel;
    }

    /** Appends; takes the buffer over. */
    void add(final ByteBuf more) {
        if (bytes == null) {
            bytes = more;
            return;
        }
        final ByteBuf joined = channel.alloc().buffer(bytes.readableBytes() + more.readableBytes());
        joined.writeBytes(bytes).writeBytes(more);
        bytes.release();
        more.release();
        bytes = joined;
    }

    /** To decode from; stays owned here. Null when there is nothing. */
    ByteBuf bytes() {
        return bytes;
    }

    /** Whether the first of what is here is the header of TLS's first record. */
    boolean looksLikeTls() {
        return bytes != null
                && bytes.writerIndex() > 1
                && bytes.getUnsignedByte(0) == TLS_HANDSHAKE
                && bytes.getUnsignedByte(1) == TLS_MAJOR_VERSION;
    }

    boolean isEmpty() {
        return bytes == null;
    }

    /** Gives back what has been decoded. */
    void releaseIfRead() {
        if (bytes != null && !bytes.isReadable()) {
            release();
        }
    }

    void release() {
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
    }

    boolean isFull() {
        return bytes != null && bytes.readableBytes() > MAX_BYTES;
    }

    /** Reads from the client or does not, by how much is here. */
    void limit() {
        readFromClient(!isFull());
    }

    void readFromClient(final boolean isOn) {
        if (channel.config().isAutoRead() != isOn) {
            channel.config().setAutoRead(isOn);
        }
    }
}
