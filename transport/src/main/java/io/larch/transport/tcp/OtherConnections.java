package io.larch.transport.tcp;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Takes the connections to a peer URL that are not for this transport: the peers' HTTP pages. */
@FunctionalInterface
public interface OtherConnections {
    /**
     * Called by the thread that drives the transport.
     *
     * @param connection open, non-blocking and watched by nobody; becomes the callee's.
     * @param first what was read of it, from position to limit, a ClientHello included; becomes the
     *     callee's.
     * @param isTls whether it came to an https URL.
     */
    void onConnection(SocketChannel connection, ByteBuffer first, boolean isTls);
}
