/**
 * Between the Raft core and the transport: {@link io.larch.engine.peer.Peers} carries messages both
 * ways and keeps the connections those of the membership, {@link io.larch.engine.peer.PeerClocks}
 * tells when members' wall clocks differ.
 *
 * <p>On the engine thread. Knows the transport's port, Raft, the members and which snapshot to
 * send.
 *
 * <p>Read first: {@link io.larch.engine.peer.Peers}.
 */
package io.larch.engine.peer;
