package io.larch.transport.peer;

import io.larch.engine.port.PeerTransport;
import java.util.function.LongFunction;

/**
 * A transport that need not be the only one of its member: what arrives here may be of a peer that
 * is answered over the other one.
 */
public interface CompanionTransport extends PeerTransport {
    /** A peer that this one talks to; null for all others. */
    RemotePeer peer(long peerId);

    /**
     * Where peers are found that this one does not talk to; once, before {@link #open}.
     *
     * @param peers answers null for those of nobody.
     */
    void elsewhere(LongFunction<RemotePeer> peers);
}
