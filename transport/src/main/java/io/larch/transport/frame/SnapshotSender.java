package io.larch.transport.frame;

import io.larch.engine.port.SnapshotSource;
import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sends one snapshot to one peer: offers it, then sends from where the peer says, so many bytes
 * ahead of what the peer has acknowledged at most, a few chunks at a time. What was lost, or not
 * taken by a peer whose disk is behind, is sent again from there.
 */
public final class SnapshotSender implements AutoCloseable {
    /** Of POSITION frames, in the slot of the total: what was sent beyond was not taken. */
    static final long SEND_AGAIN = 1;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int CHUNK_LENGTH = 32 << 10;
    private static final int CHUNKS_PER_TURN = 4;
    private static final int WINDOW_LENGTH = 1 << 20;
    private static final int BURST_LENGTH = CHUNKS_PER_TURN * CHUNK_LENGTH;
    private static final long OFFER_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long SILENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private enum State {
        OFFERING,
        SENDING,
        SENT,
        FAILED
    }

    private final SnapshotSource source;
    private final long id;
    private final long term;
    private final SnapshotPace pace;
    private final TransportCounters counters;
    private final UnsafeBuffer chunk = new UnsafeBuffer(new byte[CHUNK_LENGTH]);
    private State state = State.OFFERING;
    private boolean wasConnected;
    private boolean wasAnswered;
    private boolean hasProgress;
    private long acknowledged;
    private long sent;
    private long allowance = BURST_LENGTH;
    private long allowanceNanos;
    private long nextNanos;
    private long nextOfferNanos;
    private long lastMoveNanos;

    public SnapshotSender(
            final SnapshotSource source,
            final long id,
            final long term,
            final SnapshotPace pace,
            final TransportCounters counters,
            final long nowNanos) {
        this.source = source;
        this.id = id;
        this.term = term;
        this.pace = pace;
        this.counters = counters;
        allowanceNanos = nowNanos;
        nextNanos = nowNanos;
        nextOfferNanos = nowNanos;
        lastMoveNanos = nowNanos;
    }

    public boolean isSame(final long otherTerm, final SnapshotSource other) {
        return term == otherTerm
                && source.lastIndex() == other.lastIndex()
                && source.lastTerm() == other.lastTerm()
                && source.length() == other.length();
    }

    public boolean isSent() {
        return state == State.SENT;
    }

    public boolean isFailed() {
        return state == State.FAILED;
    }

    /** Whether the peer has more than before; told once. */
    public boolean takeProgress() {
        final boolean told = hasProgress;
        hasProgress = false;
        return told;
    }

    /** When {@link #send} has something to do although nothing arrives. */
    public long nextNanos() {
        return nextNanos;
    }

    /**
     * Offers the snapshot or sends the next few chunks, as far as windows and rate allow.
     *
     * @return frames sent.
     */
    public int send(
            final FrameStream stream,
            final OutgoingFrame frame,
            final PeerIdentity identity,
            final long to,
            final long nowNanos) {
        if (state == State.SENT || state == State.FAILED || nowNanos - nextNanos < 0) {
            return 0;
        }
        if (nowNanos - lastMoveNanos >= pace.stallNanos()) {
            state = State.FAILED;
            return 0;
        }
        nextNanos = nowNanos + pace.turnNanos();
        if (!stream.isConnected()) {
            wasConnected = false;
            return 0;
        }
        if (!wasConnected) {
            wasConnected = true;
            state = State.OFFERING;
            nextOfferNanos = nowNanos;
        }
        int count = offerIfDue(stream, frame, identity, to, nowNanos);
        if (state == State.SENDING) {
            count += sendChunks(stream, frame, identity, to, nowNanos);
        }
        return count;
    }

    /** Offers until there is an answer, and again when the peer is silent for long. */
    private int offerIfDue(
            final FrameStream stream,
            final OutgoingFrame frame,
            final PeerIdentity identity,
            final long to,
            final long nowNanos) {
        final boolean isSilent = sent > acknowledged && nowNanos - lastMoveNanos >= SILENCE_NANOS;
        if (state == State.SENDING && !isSilent || nowNanos - nextOfferNanos < 0) {
            return 0;
        }
        final UnsafeBuffer header = frame.transportHeader();
        TransportFrame.encode(header, FrameKind.OFFER, id, 0, source.length(), 0);
        header.putLong(TransportFrame.TERM_OFFSET, term, ORDER);
        header.putLong(TransportFrame.LAST_INDEX_OFFSET, source.lastIndex(), ORDER);
        header.putLong(TransportFrame.LAST_TERM_OFFSET, source.lastTerm(), ORDER);
        if (stream.offer(frame.sealTransport(identity, to, nowNanos, header, 0, 0))
                != OfferResult.TAKEN) {
            return 0;
        }
        nextOfferNanos = nowNanos + OFFER_NANOS;
        return 1;
    }

    private int sendChunks(
            final FrameStream stream,
            final OutgoingFrame frame,
            final PeerIdentity identity,
            final long to,
            final long nowNanos) {
        refill(nowNanos);
        int count = 0;
        while (count < CHUNKS_PER_TURN && sent < source.length()) {
            final int most = (int) Math.min(CHUNK_LENGTH, source.length() - sent);
            if (sent + most - acknowledged > WINDOW_LENGTH) {
                return count;
            }
            if (allowance < most) {
                nextNanos = nowNanos + nanosUntil(most);
                return count;
            }
            final int length = source.read(sent, chunk, 0, most);
            if (length == SnapshotSource.UNREADABLE) {
                state = State.FAILED;
                return count;
            }
            if (length == 0) {
                // The file is read elsewhere, and not as far as this yet.
                nextNanos = nowNanos + RETRY_NANOS;
                return count;
            }
            TransportFrame.encode(
                    frame.transportHeader(), FrameKind.CHUNK, id, sent, source.length(), length);
            if (stream.offer(frame.sealTransport(identity, to, nowNanos, chunk, 0, length))
                    != OfferResult.TAKEN) {
                nextNanos = nowNanos + RETRY_NANOS;
                return count;
            }
            sent += length;
            allowance -= length;
            counters.add(TransportCounter.SNAPSHOT_BYTES_SENT, length);
            count++;
        }
        if (sent < source.length()) {
            nextNanos = nowNanos;
        }
        return count;
    }

    private void refill(final long nowNanos) {
        final long elapsed = Math.min(nowNanos - allowanceNanos, NANOS_PER_SECOND);
        final long earned = elapsed * pace.bytesPerSecond() / NANOS_PER_SECOND;
        if (earned > 0) {
            allowance = Math.min(BURST_LENGTH, allowance + earned);
            allowanceNanos = nowNanos;
        }
    }

    private long nanosUntil(final int length) {
        return (length - allowance) * NANOS_PER_SECOND / pace.bytesPerSecond() + 1;
    }

    /** The peer answers a frame of the transfer with this id. */
    public void onAnswer(final TransportFrame answer, final long nowNanos) {
        if (answer.id() != id || state == State.SENT || state == State.FAILED) {
            return;
        }
        switch (answer.kind()) {
            case POSITION -> onPosition(answer, nowNanos);
            case REFUSED -> state = State.FAILED;
            case UNKNOWN -> offerAgain(nowNanos);
            default -> throw new IllegalStateException("not an answer: " + answer.kind());
        }
    }

    private void offerAgain(final long nowNanos) {
        if (state == State.SENDING) {
            state = State.OFFERING;
            nextOfferNanos = nowNanos;
            nextNanos = nowNanos;
        }
    }

    private void onPosition(final TransportFrame answer, final long nowNanos) {
        final long position = answer.position();
        if (position > source.length()) {
            return;
        }
        if (state == State.OFFERING) {
            if (!wasAnswered || position > acknowledged) {
                wasAnswered = true;
                lastMoveNanos = nowNanos;
                hasProgress = true;
            }
            state = State.SENDING;
            acknowledged = position;
            sent = position;
            nextNanos = nowNanos;
        } else {
            advance(position, answer.total() == SEND_AGAIN, nowNanos);
        }
        if (acknowledged == source.length()) {
            state = State.SENT;
        }
    }

    private void advance(final long position, final boolean sendAgain, final long nowNanos) {
        if (position > acknowledged) {
            acknowledged = position;
            sent = Math.max(sent, position);
            lastMoveNanos = nowNanos;
            hasProgress = true;
            nextNanos = nowNanos;
        }
        if (sendAgain && position <= acknowledged && sent > position) {
            counters.increment(TransportCounter.SNAPSHOT_RESENDS);
            acknowledged = position;
            sent = position;
            nextNanos = nowNanos + PAUSE_NANOS;
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
