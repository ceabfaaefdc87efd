/**
 * Carries frames over Aeron: a driver within the process that the engine's thread gives its turns,
 * three streams to each peer (control, appends, snapshots), a socket for each address that is
 * heard. Threads of its own do only what may wait: look at the host's addresses, look up names,
 * look at a silent peer by TCP. Knows all of the transport; nothing but its context and transport
 * is known outside.
 *
 * <p>Read first: {@link io.larch.transport.aeron.AeronPeerTransport}, then {@code Peer} and {@code
 * DriverSession}.
 */
package io.larch.transport.aeron;
