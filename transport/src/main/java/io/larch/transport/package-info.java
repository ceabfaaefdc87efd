/**
 * What every transport has for those who wire a member: what it counts, and how its sockets end the
 * wait of the thread that drives it. A transport has no thread of its own; the engine's thread
 * makes all calls. {@code frame} says what is exchanged, {@code peer} what is done for each other
 * member, {@code address} where it is; {@code aeron} carries the frames and knows all of these, and
 * another transport would stand beside it. None of them knows more of the engine than its ports and
 * the messages of its core.
 *
 * <p>Read first: {@link io.larch.engine.port.PeerTransport}, then {@code frame.TransportFrame}.
 */
package io.larch.transport;
