package io.larch.transport.aeron;

import io.aeron.Image;
import io.aeron.exceptions.RegistrationException;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import io.larch.transport.frame.FrameReader;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongHashSet;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the fragments of the streams to the reader of frames, each one frame, and refuses the
 * streams that are meant for others. Owned by the thread that drives the driver.
 */
final class FragmentReader implements FragmentHandler {
    private static final Logger LOG = LoggerFactory.getLogger(FragmentReader.class);
    private static final int LONGEST_COPIED = 64 << 10;

    /** Streams remembered as refused; refusing one again does no harm. */
    private static final int MAX_REFUSED = 64;

    private final TransportCounters counters;
    private final LongHashSet refused = new LongHashSet();
    private final UnsafeBuffer copy = new UnsafeBuffer(new byte[LONGEST_COPIED]);
    private FrameReader frames;
    private Image image;
    private Image stray;

    FragmentReader(final TransportCounters counters) {
        this.counters = counters;
    }

    /** Who takes the frames; set once, before the first one. */
    void frames(final FrameReader reader) {
        frames = reader;
    }

    /** Messages among what was read since {@link FrameReader#begin}. */
    int delivered() {
        return frames.delivered();
    }

    /** The checksum is quicker over an array than over the driver's buffers. */
    @Override
    public void onFragment(
            final DirectBuffer buffer, final int offset, final int length, final Header header) {
        image = (Image) header.context();
        if (buffer.byteArray() == null && length <= LONGEST_COPIED) {
            copy.putBytes(0, buffer, offset, length);
            frames.onFrame(copy, 0, length);
        } else {
            frames.onFrame(buffer, offset, length);
        }
    }

    /**
     * The stream being read brought a frame which is not for this member, nor are the others in it:
     * what lies between has led it here.
     */
    void onStray() {
        stray = image;
    }

    /**
     * Refuses the stream that led here last. Whoever sends a stream takes it for heard by the peer;
     * only a refusal makes it look for the peer elsewhere.
     *
     * @return whether there was one to refuse.
     */
    boolean refuseStray() {
        final Image refusedNow = stray;
        stray = null;
        if (refusedNow == null
                || refusedNow.isClosed()
                || !refused.add(refusedNow.correlationId())) {
            return false;
        }
        if (refused.size() > MAX_REFUSED) {
            refused.clear();
        }
        counters.increment(TransportCounter.STREAMS_REFUSED);
        try {
            refusedNow.reject("meant for another member");
        } catch (final RegistrationException e) {
            LOG.debug("a stream has ended before it was refused: {}", e.getMessage());
        }
        return true;
    }

    /** The streams are gone with their driver. */
    void forgetStreams() {
        refused.clear();
        image = null;
        stray = null;
    }
}
