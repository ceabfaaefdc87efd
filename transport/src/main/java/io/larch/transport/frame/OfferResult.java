package io.larch.transport.frame;

/** What became of a frame that was offered to a {@link FrameStream}. */
public enum OfferResult {
    /** Its bytes were copied and leave in order. */
    TAKEN,

    /** Not now: the peer's window, or what stands for it, is used up. */
    BACK_PRESSURED,

    /** Nobody hears the stream. */
    NOT_CONNECTED
}
