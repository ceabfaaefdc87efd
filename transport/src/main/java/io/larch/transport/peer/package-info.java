/**
 * What a transport does for each other member, whatever carries the frames: takes in what arrives,
 * moves the snapshot under way, and notices when nothing is heard. Runs on the thread that drives
 * the transport, and is told the time. Knows frames, addresses and the engine's ports.
 *
 * <p>Read first: {@link io.larch.transport.peer.PeerInbox}; a transport brings a {@link
 * io.larch.transport.peer.RemotePeer} for each member.
 */
package io.larch.transport.peer;
