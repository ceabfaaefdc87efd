package io.larch.http.output;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Bytes from the engine that are too long to be printed at once: kept as they are, and printed
 * piece by piece for each of the connections that share them. The last to release them gives the
 * memory back. One event loop's.
 */
public final class LongEvent {
    private final OutputBudget budget;
    private final ByteBuf bytes;
    private final UnsafeBuffer view;
    private final int countedBytes;
    private int holders = 1;

    private LongEvent(final OutputBudget budget, final int countedBytes, final ByteBuf bytes) {
        this.budget = budget;
        this.countedBytes = countedBytes;
        this.bytes = bytes;
        this.view = new UnsafeBuffer(bytes.nioBuffer());
    }

    /**
     * A copy, held by the caller, of what was taken from the budget already; the last to release it
     * gives that back.
     */
    public static LongEvent copy(
            final ByteBufAllocator allocator,
            final OutputBudget budget,
            final DirectBuffer source,
            final int offset,
            final int length) {
        return copy(allocator, budget, length, source, offset, length);
    }

    /** As the other, where only some of the bytes were taken for it. */
    public static LongEvent copy(
            final ByteBufAllocator allocator,
            final OutputBudget budget,
            final int countedBytes,
            final DirectBuffer source,
            final int offset,
            final int length) {
        final ByteBuf bytes = allocator.directBuffer(length);
        source.getBytes(offset, bytes.nioBuffer(0, length), length);
        bytes.writerIndex(length);
        return new LongEvent(budget, countedBytes, bytes);
    }

    public LongEvent retain() {
        holders++;
        return this;
    }

    public void release() {
        if (--holders == 0) {
            budget.give(countedBytes);
            bytes.release();
        }
    }

    /** From offset 0; valid while it is held. */
    public DirectBuffer bytes() {
        return view;
    }

    public int length() {
        return view.capacity();
    }
}
