package io.larch.transport;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts the pieces of one peer's long messages together. Pieces of a message come in order and
 * without gaps, or the message is lost. Holds one message at most.
 */
final class PieceAssembler {
    private static final byte[] NOTHING = new byte[0];

    private final UnsafeBuffer message = new UnsafeBuffer(NOTHING);
    private long id;
    private int length;

    /**
     * Takes the next piece.
     *
     * @return false when it does not go on from the pieces before, or is too long altogether.
     */
    boolean add(final PartFlyweight piece) {
        if (piece.total() > AeronContext.MAX_MESSAGE_LENGTH) {
            clear();
            return false;
        }
        if (piece.position() == 0) {
            id = piece.id();
            length = 0;
            message.wrap(new byte[(int) piece.total()]);
        } else if (piece.id() != id
                || piece.position() != length
                || piece.total() != message.capacity()) {
            clear();
            return false;
        }
        message.putBytes(length, piece.buffer(), PartFlyweight.HEADER_LENGTH, piece.bodyLength());
        length += piece.bodyLength();
        return true;
    }

    boolean isComplete() {
        return length > 0 && length == message.capacity();
    }

    /**
     * The message, when {@link #isComplete}; take it before the next piece, then {@link #clear}.
     */
    UnsafeBuffer message() {
        return message;
    }

    void clear() {
        length = 0;
        message.wrap(NOTHING);
    }
}
