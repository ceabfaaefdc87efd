package io.larch.engine.kv;

import io.larch.engine.mvcc.Step;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** A piece of an answer that is there as it is. */
final class BytesPiece implements Piece {
    private final DirectBuffer bytes;
    private final int length;
    private int written;

    BytesPiece(final DirectBuffer bytes, final int length) {
        this.bytes = bytes;
        this.length = length;
    }

    @Override
    public Step prepare(final int maxSteps) {
        return Step.END;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public boolean isWritten() {
        return written == length;
    }

    @Override
    public int write(
            final MutableDirectBuffer target,
            final int offset,
            final int maxLength,
            final int maxSteps) {
        final int count = Math.min(length - written, Math.max(1, maxLength));
        target.putBytes(offset, bytes, written, count);
        written += count;
        return offset + count;
    }

    @Override
    public long heldBytes() {
        return bytes.capacity();
    }
}
