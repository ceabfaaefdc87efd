package io.larch.transport;

import io.larch.engine.SnapshotSink;

/**
 * Hands the chunks of the newest offered snapshot to the sink, in order, and tells the sender how
 * far it got. Answers wait here until {@link #answer} gets them away.
 */
final class SnapshotReceiver {
    private final SnapshotSink sink;
    private final TransportCounters counters;
    private boolean isReceiving;
    private long sender;
    private long id;
    private boolean owesPosition;
    private boolean wantsAgain;

    /** Where a chunk was missing or refused; of those beyond it nothing more is said. */
    private long refusedPosition = -1;

    private PartKind otherAnswer;
    private long otherSender;
    private long otherId;

    SnapshotReceiver(final SnapshotSink sink, final TransportCounters counters) {
        this.sink = sink;
        this.counters = counters;
    }

    void onOffer(final PartFlyweight offer) {
        final long position =
                sink.begin(
                        offer.from(),
                        offer.term(),
                        offer.lastIndex(),
                        offer.lastTerm(),
                        offer.total());
        if (position < 0) {
            answerOther(PartKind.REFUSED, offer);
            return;
        }
        isReceiving = true;
        sender = offer.from();
        id = offer.id();
        owesPosition = true;
        wantsAgain = true;
        refusedPosition = -1;
    }

    void onChunk(final PartFlyweight chunk) {
        if (!isReceiving || chunk.from() != sender || chunk.id() != id) {
            answerOther(PartKind.UNKNOWN, chunk);
            return;
        }
        final long position = sink.position();
        if (chunk.position() < position) {
            owesPosition = true;
        } else if (chunk.position() == position
                && sink.write(
                        position,
                        chunk.buffer(),
                        PartFlyweight.HEADER_LENGTH,
                        chunk.bodyLength())) {
            counters.add(TransportCounter.SNAPSHOT_BYTES_RECEIVED, chunk.bodyLength());
            owesPosition = true;
        } else if (chunk.position() == position || refusedPosition != position) {
            refusedPosition = position;
            owesPosition = true;
            wantsAgain = true;
        }
    }

    private void answerOther(final PartKind kind, final PartFlyweight part) {
        otherAnswer = kind;
        otherSender = part.from();
        otherId = part.id();
    }

    boolean owesAnswer() {
        return owesPosition || otherAnswer != null;
    }

    /** Sends what is owed; what does not get away is owed until the next time. */
    void answer(final AnswerSender answers) {
        if (owesPosition
                && answers.send(
                        sender,
                        PartKind.POSITION,
                        id,
                        sink.position(),
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
    interface AnswerSender {
        boolean send(long to, PartKind kind, long id, long position, long total);
    }
}
