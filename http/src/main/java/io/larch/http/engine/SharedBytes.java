package io.larch.http.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.agrona.DirectBuffer;

/**
 * Bytes that many clients are sent: copied once, when the first asks for them, however many take a
 * slice.
 *
 * <p>One event loop's; used again for each.
 */
public final class SharedBytes {
    private DirectBuffer source;
    private int offset;
    private int length;
    private ByteBuf copy;

    /** Begins with bytes that stay valid until {@link #release}. */
    public void start(final DirectBuffer source, final int offset, final int length) {
        this.source = source;
        this.offset = offset;
        this.length = length;
    }

    /**
     * The bytes from a place on; the caller owns what it gets.
     *
     * @param from counted from the start.
     */
    public ByteBuf slice(final ByteBufAllocator allocator, final int from, final int count) {
        if (copy == null) {
            copy = allocator.directBuffer(length);
            source.getBytes(offset, copy.internalNioBuffer(0, length), length);
            copy.writerIndex(length);
        }
        return copy.retainedSlice(from, count);
    }

    /** Those who took slices keep them. */
    public void release() {
        source = null;
        if (copy != null) {
            copy.release();
            copy = null;
        }
    }
}
