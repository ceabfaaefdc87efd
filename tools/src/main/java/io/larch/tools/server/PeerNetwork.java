package io.larch.tools.server;

import io.larch.engine.port.PeerTransport;
import io.larch.http.HttpEdge;
import io.larch.tools.process.SocketTransport;
import io.larch.transport.ChannelWatch;

/** Makes the way to the other members for the thread that is going to drive it. */
@FunctionalInterface
interface PeerNetwork {
    /**
     * @param watch lets what arrives end the wait of that thread.
     */
    PeerTransport open(ChannelWatch watch);

    /** Whether the way to the other members also hears by TCP at a peer URL of this one. */
    default boolean listensAt(final String url) {
        return false;
    }

    /**
     * Opens those URLs. By the thread that drives the transport, or before that begins.
     *
     * @param edge takes who comes there for the peers' pages.
     * @param sockets of the edge's event loops.
     * @throws io.larch.tools.process.StartupException naming the address that could not be had.
     */
    default void listen(final HttpEdge edge, final SocketTransport sockets) {}
}
