package io.larch.transport.frame;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts the pieces of one peer's long messages together. Pieces of a message come in order and
 * without gaps, or the message is lost. Holds one message at most.
 */
public final class PieceAssembler {
    /** No message is longer: one entry of the longest value, with room to spare. */
    public static final int MAX_MESSAGE_LENGTH = 16 << 20;

    private static final byte[] NOTHING = new byte[0];

    private final UnsafeBuffer message = new UnsafeBuffer(NOTHING);
    private long id;
    private int length;
    private int total;

    /**
     * Takes the next piece.
     *
     * @return false when it does not go on from the pieces before, or is too long altogether.
     */
    public boolean add(final TransportFrame piece) {
        if (piece.total() > MAX_MESSAGE_LENGTH) {
            clear();
            return false;
        }
        if (piece.position() == 0) {
            id = piece.id();
            length = 0;
            total = (int) piece.total();
        } else if (piece.id() != id || piece.position() != length || piece.total() != total) {
            clear();
            return false;
        }
        makeRoom(length + piece.bodyLength());
        message.putBytes(length, piece.buffer(), TransportFrame.HEADER_LENGTH, piece.bodyLength());
        length += piece.bodyLength();
        return true;
    }

    /** Grows with what has arrived, rather than believing what is announced. */
    private void makeRoom(final int needed) {
        if (needed > message.capacity()) {
            final byte[] larger = new byte[Math.min(total, Math.max(2 * needed, 1 << 20))];
            message.getBytes(0, larger, 0, length);
            message.wrap(larger);
        }
    }

    public boolean isComplete() {
        return length > 0 && length == total;
    }

    /**
     * Where the message lies, from 0, when {@link #isComplete}; take it before the next piece, then
     * {@link #clear}.
     */
    public UnsafeBuffer message() {
        return message;
    }

    public int length() {
        return length;
    }

    public void clear() {
        length = 0;
        total = 0;
        message.wrap(NOTHING);
    }
}
