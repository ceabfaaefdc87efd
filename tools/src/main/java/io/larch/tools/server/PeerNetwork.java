package io.larch.tools.server;

import io.larch.engine.port.PeerTransport;
import io.larch.transport.ChannelWatch;

/** Makes the way to the other members for the thread that is going to drive it. */
@FunctionalInterface
interface PeerNetwork {
    /**
     * @param watch lets what arrives end the wait of that thread.
     */
    PeerTransport open(ChannelWatch watch);
}
