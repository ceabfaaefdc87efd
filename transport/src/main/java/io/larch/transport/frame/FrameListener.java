package io.larch.transport.frame;

/** Is told what a {@link FrameReader} finds in the frames besides messages of the core. */
public interface FrameListener {
    /** A good frame came from this member; told before what is in it. */
    void onHeard(long from);

    /**
     * A frame of the transports' own.
     *
     * @param frame well-formed; valid during the call only.
     */
    void onTransportFrame(TransportFrame frame);

    /** A whole frame, but for another member: whoever sent it takes this one for the other. */
    void onStray();
}
