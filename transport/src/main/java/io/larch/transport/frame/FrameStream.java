package io.larch.transport.frame;

/**
 * One ordered way for frames to one peer, whatever carries it. Never waits. Owned by the thread
 * that drives the transport.
 */
public interface FrameStream {
    /** Whether the peer hears it, as far as is known. */
    boolean isConnected();

    /** Longest frame that {@link #offer} takes, in bytes; of a connected stream. */
    int maxFrameLength();

    /** Puts a sealed frame into the stream; the frame can be used again at once. */
    OfferResult offer(OutgoingFrame frame);
}
