/**
 * What members exchange, whatever carries it: frames with a checksum, who speaks and where it can
 * be reached, long messages in pieces, snapshots in chunks with acknowledgements. All of it runs on
 * the thread that drives the transport, reads no clock and opens no socket; in steady state nothing
 * is allocated. Knows the engine's ports and messages and the transport's counters, nothing else.
 *
 * <p>Read first: {@link io.larch.transport.frame.TransportFrame}, {@link
 * io.larch.transport.frame.FrameReader}, {@link io.larch.transport.frame.FrameStream}.
 */
package io.larch.transport.frame;
