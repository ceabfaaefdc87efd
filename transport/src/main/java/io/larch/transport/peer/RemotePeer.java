package io.larch.transport.peer;

import io.larch.transport.address.PeerAddress;
import io.larch.transport.frame.OutgoingFrame;
import io.larch.transport.frame.PieceAssembler;
import java.util.List;

/**
 * Another member as this one sees it, whatever carries the frames to it. Owned by the thread that
 * drives the transport.
 */
public interface RemotePeer {
    long id();

    /** Where it is said to be. */
    List<String> urls();

    /** Where it is, or is looked for; null while that is not known. */
    PeerAddress address();

    boolean isConnected();

    /** It speaks to this member: so it knows where this member is. */
    void heard(long nowNanos);

    /** It asks to be answered: an attempt to connect is worth being made now. */
    void called(long nowNanos);

    /**
     * Sends a sealed frame that nothing may delay.
     *
     * @return whether it was taken.
     */
    boolean sendControl(OutgoingFrame sealed);

    /** Puts its long messages together. */
    PieceAssembler pieces();

    /** The snapshot that is sent to it. */
    PeerSnapshot snapshot();
}
