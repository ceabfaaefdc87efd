package io.larch.transport.frame;

import io.larch.engine.port.SnapshotSink;
import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;

/**
 * Hands the chunks of the newest offered snapshot to the sink, in order, and tells the sender how
 * far it got. Answers wait here until {@link #answer} gets them away.
 */
public final class SnapshotReceiver {
    private final SnapshotSink sink;
    private final TransportCounters counters;
    private boolean isReceiving;
    private long sender;
    private long id;
    private long total;
    private long position;
    private boolean owesPosition;
    private boolean wantsAgain;

    /** Where a chunk was missing or refused; of those beyond it nothing more is said. */
    private long refusedPosition = -1;

    private FrameKind otherAnswer;
    private long otherSender;
    private long otherId;

    public SnapshotReceiver(final SnapshotSink sink, final TransportCounters counters) {
        this.sink = sink;
        this.counters = counters;
    }

    public void onOffer(final TransportFrame offer) {
        if (isComplete() && isCurrent(offer)) {
            owesPosition = true;
            return;
        }
        final long begun =
                sink.begin(
                        offer.from(),
                        offer.term(),
                        offer.lastIndex(),
                        offer.lastTerm(),
                        offer.total());
        if (begun < 0) {
            answerOther(FrameKind.REFUSED, offer);
            return;
        }
        isReceiving = true;
        sender = offer.from();
        id = offer.id();
        total = offer.total();
        position = begun;
        owesPosition = true;
        wantsAgain = true;
        refusedPosition = -1;
    }

    public void onChunk(final TransportFrame chunk) {
        if (!isReceiving || !isCurrent(chunk)) {
            answerOther(FrameKind.UNKNOWN, chunk);
            return;
        }
        if (isComplete() || chunk.position() < position) {
            owesPosition = true;
        } else if (sink.position() != position) {
            // The sink has given it up meanwhile: begin anew.
            isReceiving = false;
            answerOther(FrameKind.UNKNOWN, chunk);
        } else if (chunk.position() == position && take(chunk)) {
            owesPosition = true;
        } else if (chunk.position() == position || refusedPosition != position) {
            refusedPosition = position;
            owesPosition = true;
            wantsAgain = true;
        }
    }

    private boolean take(final TransportFrame chunk) {
        final int length = chunk.bodyLength();
        if (!sink.write(position, chunk.buffer(), TransportFrame.HEADER_LENGTH, length)) {
            return false;
        }
        position += length;
        counters.add(TransportCounter.SNAPSHOT_BYTES_RECEIVED, length);
        return true;
    }

    private boolean isCurrent(final TransportFrame part) {
        return part.from() == sender && part.id() == id;
    }

    /** All of it was taken; what becomes of it then is the sink's affair. */
    private boolean isComplete() {
        return isReceiving && position == total;
    }

    private void answerOther(final FrameKind kind, final TransportFrame part) {
        otherAnswer = kind;
        otherSender = part.from();
        otherId = part.id();
    }

    public boolean owesAnswer() {
        return owesPosition || otherAnswer != null;
    }

    /** Sends what is owed; what does not get away is owed until the next time. */
    public void answer(final AnswerSender answers) {
        if (owesPosition
                && answers.send(
                        sender,
                        FrameKind.POSITION,
                        id,
                        position,
                        wantsAgain ? SnapshotSender.SEND_AGAIN : 0)) {
            owesPosition = false;
            wantsAgain = false;
        }
        if (otherAnswer != null) {
            answers.send(otherSender, otherAnswer, otherId, 0, 0);
            otherAnswer = null;
        }
    }

    /** Sends one answer to a peer, if it can. */
    @FunctionalInterface
    public interface AnswerSender {
        boolean send(long to, FrameKind kind, long id, long position, long total);
    }
}
