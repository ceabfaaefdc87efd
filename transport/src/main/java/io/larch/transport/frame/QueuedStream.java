package io.larch.transport.frame;

import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;

/**
 * A stream with a bounded queue before it: what the peer's window does not take waits here, in
 * order, and what is too long for one frame goes in pieces. Owned by the thread that drives the
 * transport.
 */
public final class QueuedStream {
    private static final int LONGEST_PIECE = 128 << 10;

    private final FrameStream stream;
    private final PeerIdentity identity;
    private final long to;
    private final OutgoingFrame frame;
    private final TransportCounters counters;
    private final FrameBacklog backlog;
    private long pieceId;
    private int piecesEnd;

    /**
     * @param to the peer at its other end.
     * @param frame used for what leaves the queue.
     * @param backlogLength bytes that wait at most; a power of two.
     */
    public QueuedStream(
            final FrameStream stream,
            final PeerIdentity identity,
            final long to,
            final OutgoingFrame frame,
            final TransportCounters counters,
            final int backlogLength) {
        this.stream = stream;
        this.identity = identity;
        this.to = to;
        this.frame = frame;
        this.counters = counters;
        backlog = new FrameBacklog(backlogLength);
        pieceId = identity.incarnation() << 32;
    }

    /**
     * Sends a sealed message, behind what waits already.
     *
     * @return whether it was taken.
     */
    public boolean send(final OutgoingFrame sealed) {
        if (!stream.isConnected()) {
            return count(counters, OfferResult.NOT_CONNECTED, 0);
        }
        if (sealed.length() > PieceAssembler.MAX_MESSAGE_LENGTH) {
            counters.increment(TransportCounter.REFUSED_TOO_LONG);
            return false;
        }
        if (backlog.isEmpty() && sealed.length() <= stream.maxFrameLength()) {
            final OfferResult result = stream.offer(sealed);
            if (result != OfferResult.BACK_PRESSURED) {
                return count(counters, result, sealed.length());
            }
        }
        if (!backlog.add(sealed)) {
            return count(counters, OfferResult.BACK_PRESSURED, sealed.length());
        }
        counters.increment(TransportCounter.DELAYED_BACK_PRESSURED);
        return count(counters, OfferResult.TAKEN, sealed.length());
    }

    /**
     * Counts a message that was offered.
     *
     * @return whether it was taken.
     */
    public static boolean count(
            final TransportCounters counters, final OfferResult result, final int length) {
        switch (result) {
            case TAKEN -> {
                counters.increment(TransportCounter.MESSAGES_SENT);
                counters.add(TransportCounter.BYTES_SENT, length);
            }
            case BACK_PRESSURED -> counters.increment(TransportCounter.REFUSED_BACK_PRESSURED);
            case NOT_CONNECTED -> counters.increment(TransportCounter.REFUSED_NOT_CONNECTED);
        }
        return result == OfferResult.TAKEN;
    }

    /**
     * Moves what waits into the stream, as far as its window allows.
     *
     * @return whether anything was moved.
     */
    public boolean push(final long nowNanos) {
        boolean hasMoved = false;
        while (!backlog.isEmpty() && stream.isConnected() && pushFirst(nowNanos)) {
            hasMoved = true;
            if (piecesEnd == 0) {
                backlog.removeFirst();
            }
        }
        return hasMoved;
    }

    /** Offers the first frame, or its next piece; {@link #piecesEnd} is 0 when it is through. */
    private boolean pushFirst(final long nowNanos) {
        final int length = backlog.firstLength();
        if (length <= stream.maxFrameLength()) {
            return isTaken(frame.sealed(backlog.buffer(), backlog.firstOffset(), length));
        }
        final int longest =
                Math.min(LONGEST_PIECE, stream.maxFrameLength() - TransportFrame.HEADER_LENGTH);
        final int pieceLength = Math.min(longest, length - piecesEnd);
        if (piecesEnd == 0) {
            pieceId++;
        }
        TransportFrame.encode(
                frame.transportHeader(), FrameKind.PIECE, pieceId, piecesEnd, length, pieceLength);
        frame.sealTransport(
                identity,
                to,
                nowNanos,
                backlog.buffer(),
                backlog.firstOffset() + piecesEnd,
                pieceLength);
        if (!isTaken(frame)) {
            return false;
        }
        piecesEnd += pieceLength;
        if (piecesEnd == length) {
            piecesEnd = 0;
        }
        return true;
    }

    private boolean isTaken(final OutgoingFrame sealed) {
        return stream.offer(sealed) == OfferResult.TAKEN;
    }

    public boolean isEmpty() {
        return backlog.isEmpty();
    }

    /** The connection is lost, and what waited for it. */
    public void drop() {
        counters.add(TransportCounter.LOST_WITH_CONNECTION, backlog.frames());
        backlog.clear();
        piecesEnd = 0;
    }
}
