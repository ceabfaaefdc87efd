package io.larch.transport.frame;

/** Kinds of {@link TransportFrame} frames; the comments say what the slots hold. */
public enum FrameKind {
    /** A piece of a long message: id of the message, position, total, body. */
    PIECE,

    /** A snapshot is offered: id of the transfer, total, term, lastIndex, lastTerm. */
    OFFER,

    /** A piece of the offered snapshot: id, position, total, body. */
    CHUNK,

    /** The receiver has the snapshot up to here: id, position. */
    POSITION,

    /** The receiver does not want the snapshot: id. */
    REFUSED,

    /** The receiver knows nothing of this snapshot, offer it again: id. */
    UNKNOWN,

    /** The sender tells where it can be reached: id is its incarnation, body as {@link Hello}. */
    HELLO;

    private static final FrameKind[] VALUES = values();

    /**
     * The kind of a code.
     *
     * @return null when there is none.
     */
    public static FrameKind of(final int code) {
        return code >= 0 && code < VALUES.length ? VALUES[code] : null;
    }
}
