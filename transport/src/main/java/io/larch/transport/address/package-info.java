/**
 * Where peers are: URLs as flags and members give them, names looked up without making anyone wait,
 * and which of a peer's addresses is tried when. Owned by the thread that drives the transport,
 * except for look-ups, which have a thread each until they end. Knows nothing else of Larch.
 *
 * <p>Read first: {@link io.larch.transport.address.PeerRoute}.
 */
package io.larch.transport.address;
