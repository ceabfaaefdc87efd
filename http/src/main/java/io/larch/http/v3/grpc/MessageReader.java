package io.larch.http.v3.grpc;

import io.larch.http.wire.InputBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Finds the messages of a call in what comes of its stream: each has a byte that says whether it is
 * compressed, and four with its length, most significant first. One that lies in a piece as a whole
 * is not copied.
 *
 * <p>One call's.
 */
final class MessageReader {
    static final int HEAD_LENGTH = 5;

    private final Messages messages;
    private final int maxBytes;
    private final InputBudget budget;
    private final ByteBufAllocator alloc;
    private final UnsafeBuffer view;

    /** What is here of a message that is not whole; null without. */
    private ByteBuf begun;

    private int takenBytes;
    private boolean isStopped;

    /** Where messages go, and what is wrong with them. */
    interface Messages {
        /** Valid during the call. */
        void onMessage(DirectBuffer buffer, int offset, int length);

        /** No message follows. */
        void onTooLong(long length, int maxBytes);

        /** No message follows. */
        void onCompressed();

        /** There is no memory for a message; none follows. */
        void onNoMemory();
    }

    /**
     * @param view to look at messages with; may be shared by the calls of a loop.
     */
    MessageReader(
            final Messages messages,
            final int maxBytes,
            final InputBudget budget,
            final ByteBufAllocator alloc,
            final UnsafeBuffer view) {
        this.messages = messages;
        this.maxBytes = maxBytes;
        this.budget = budget;
        this.alloc = alloc;
        this.view = view;
    }

    /** Takes a piece, which stays the caller's. */
    void add(final ByteBuf piece) {
        if (begun == null) {
            wholeOnes(piece);
            keep(piece);
        } else {
            complete(piece);
            if (begun == null && !isStopped) {
                wholeOnes(piece);
                keep(piece);
            }
        }
    }

    /** Whether a message has begun and is not whole. */
    boolean isMidMessage() {
        return begun != null;
    }

    private void wholeOnes(final ByteBuf piece) {
        while (!isStopped && piece.readableBytes() >= HEAD_LENGTH) {
            final long length = length(piece, piece.readerIndex());
            if (isStopped || piece.readableBytes() - HEAD_LENGTH < length) {
                return;
            }
            final int at = piece.readerIndex() + HEAD_LENGTH;
            piece.skipBytes(HEAD_LENGTH + (int) length);
            tell(piece, at, (int) length);
        }
    }

    /** What is left of a piece begins a message. */
    private void keep(final ByteBuf piece) {
        if (!isStopped && piece.isReadable()) {
            if (!take(HEAD_LENGTH)) {
                return;
            }
            begun = alloc.buffer(HEAD_LENGTH);
            complete(piece);
        }
    }

    private void complete(final ByteBuf piece) {
        final int headMissing = HEAD_LENGTH - begun.readableBytes();
        if (headMissing > 0) {
            begun.writeBytes(piece, Math.min(headMissing, piece.readableBytes()));
            if (begun.readableBytes() < HEAD_LENGTH) {
                return;
            }
        }
        final long length = length(begun, 0);
        if (isStopped || !grow((int) length, piece.readableBytes())) {
            return;
        }
        final int missing = HEAD_LENGTH + (int) length - begun.readableBytes();
        begun.writeBytes(piece, Math.min(missing, piece.readableBytes()));
        if (begun.readableBytes() == HEAD_LENGTH + length) {
            final ByteBuf whole = begun;
            begun = null;
            try {
                tell(whole, HEAD_LENGTH, (int) length);
            } finally {
                whole.release();
                giveBack();
            }
        }
    }

    /** Memory is taken as bytes come, whatever length is announced. */
    private boolean grow(final int length, final int comingBytes) {
        final int needed = Math.min(HEAD_LENGTH + length, begun.readableBytes() + comingBytes);
        if (begun.capacity() < needed) {
            final int capacity = Math.min(HEAD_LENGTH + length, Math.max(needed, 2 * needed));
            if (!take(capacity - takenBytes)) {
                return false;
            }
            begun.capacity(capacity);
        }
        return true;
    }

    private boolean take(final int bytes) {
        if (budget.take(bytes)) {
            takenBytes += bytes;
            return true;
        }
        stop();
        messages.onNoMemory();
        return false;
    }

    private long length(final ByteBuf head, final int at) {
        final long length = head.getUnsignedInt(at + 1);
        if (head.getByte(at) != 0) {
            stop();
            messages.onCompressed();
        } else if (length > maxBytes) {
            stop();
            messages.onTooLong(length, maxBytes);
        }
        return length;
    }

    private void tell(final ByteBuf bytes, final int at, final int length) {
        if (bytes.hasMemoryAddress()) {
            // Without a ByteBuffer, which Netty would make for each buffer.
            view.wrap(bytes.memoryAddress() + at, length);
        } else {
            final ByteBuffer nio = bytes.internalNioBuffer(at, length);
            view.wrap(nio, nio.position(), length);
        }
        messages.onMessage(view, 0, length);
    }

    /** Nothing more is of interest. */
    void stop() {
        isStopped = true;
        release();
    }

    /** The call is over. */
    void release() {
        if (begun != null) {
            begun.release();
            begun = null;
        }
        giveBack();
    }

    private void giveBack() {
        budget.give(takenBytes);
        takenBytes = 0;
    }
}
