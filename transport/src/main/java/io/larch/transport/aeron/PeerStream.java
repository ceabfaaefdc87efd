package io.larch.transport.aeron;

import io.aeron.AeronCounters;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.exceptions.RegistrationException;
import io.aeron.logbuffer.BufferClaim;
import io.larch.transport.frame.FrameStream;
import io.larch.transport.frame.OfferResult;
import io.larch.transport.frame.OutgoingFrame;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.status.CountersReader;

/** One stream to one peer. Opens without waiting; whoever drives the driver owns it. */
final class PeerStream implements FrameStream {
    /** Control messages: votes, heartbeats, answers. Short, so that nothing delays them. */
    static final int CONTROL = 10;

    /** Appends and forwarded proposals, which carry values. */
    static final int APPENDS = 11;

    /** Pieces of snapshots, with a flow control of their own. */
    static final int SNAPSHOTS = 12;

    private static final int ATTEMPTS = 4;

    private final int streamId;
    private final int termLength;
    private final BufferClaim claim = new BufferClaim();
    private EmbeddedDriver driver;
    private ExclusivePublication publication;
    private long registrationId;
    private int senderPositionId = CountersReader.NULL_COUNTER_ID;
    private boolean isPending;

    PeerStream(final int streamId, final int termLength) {
        this.streamId = streamId;
        this.termLength = termLength;
    }

    /** Asks the driver for the stream; {@link #advance} tells when it is there. */
    void open(final EmbeddedDriver owner, final String channel) {
        driver = owner;
        registrationId =
                owner.client()
                        .asyncAddExclusivePublication(
                                channel + "|term-length=" + termLength, streamId);
        isPending = true;
    }

    boolean isOpen() {
        return isPending || publication != null;
    }

    /**
     * Looks whether the driver has opened the stream.
     *
     * @throws RegistrationException when it cannot.
     */
    void advance() {
        if (!isPending) {
            return;
        }
        try {
            publication = driver.client().getExclusivePublication(registrationId);
        } catch (final RegistrationException e) {
            isPending = false;
            throw e;
        }
        if (publication != null) {
            isPending = false;
            senderPositionId =
                    driver.counters()
                            .findByTypeIdAndRegistrationId(
                                    AeronCounters.DRIVER_SENDER_POSITION_TYPE_ID, registrationId);
        }
    }

    @Override
    public boolean isConnected() {
        return publication != null && publication.isConnected();
    }

    @Override
    public int maxFrameLength() {
        return publication.maxMessageLength();
    }

    /** {@inheritDoc} It leaves when the driver gets a turn. */
    @Override
    public OfferResult offer(final OutgoingFrame frame) {
        if (publication == null) {
            return OfferResult.NOT_CONNECTED;
        }
        long result = Publication.ADMIN_ACTION;
        for (int i = 0; i < ATTEMPTS && result == Publication.ADMIN_ACTION; i++) {
            result =
                    frame.length() <= publication.maxPayloadLength()
                            ? claimAndCopy(frame)
                            : copyFragments(frame);
        }
        return resultOf(result);
    }

    private static OfferResult resultOf(final long result) {
        if (result > 0) {
            return OfferResult.TAKEN;
        }
        return result == Publication.BACK_PRESSURED || result == Publication.ADMIN_ACTION
                ? OfferResult.BACK_PRESSURED
                : OfferResult.NOT_CONNECTED;
    }

    private long claimAndCopy(final OutgoingFrame frame) {
        final long result = publication.tryClaim(frame.length(), claim);
        if (result > 0) {
            final MutableDirectBuffer target = claim.buffer();
            final int offset = claim.offset();
            final int headerLength = frame.headerLength();
            target.putBytes(offset, frame.header(), 0, headerLength);
            target.putBytes(
                    offset + headerLength, frame.body(), frame.bodyOffset(), frame.bodyLength());
            claim.commit();
        }
        return result;
    }

    private long copyFragments(final OutgoingFrame frame) {
        if (frame.headerLength() == 0) {
            return publication.offer(frame.body(), frame.bodyOffset(), frame.bodyLength());
        }
        return publication.offer(
                frame.header(),
                0,
                frame.headerLength(),
                frame.body(),
                frame.bodyOffset(),
                frame.bodyLength());
    }

    /** Bytes offered that the driver has not sent yet. */
    long unsentBytes() {
        if (publication == null || senderPositionId == CountersReader.NULL_COUNTER_ID) {
            return 0;
        }
        final long position = publication.position();
        return position < 0
                ? 0
                : Math.max(0, position - driver.counters().getCounterValue(senderPositionId));
    }

    /** Whether the driver closed the stream by itself. */
    boolean isLost() {
        return publication != null && publication.isClosed();
    }

    void close() {
        if (publication != null && !driver.isLost()) {
            publication.close();
        } else if (isPending && !driver.isLost()) {
            driver.client().asyncRemovePublication(registrationId);
        }
        publication = null;
        isPending = false;
        senderPositionId = CountersReader.NULL_COUNTER_ID;
    }
}
