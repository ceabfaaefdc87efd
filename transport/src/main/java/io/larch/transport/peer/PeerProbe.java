package io.larch.transport.peer;

import io.larch.transport.address.PeerAddress;
import java.util.List;

/** A look at a peer that does not answer, by another way than its frames take. */
public interface PeerProbe {
    /** What was found, in words for people; null until the end. Any thread. */
    String finding();

    /** Begins to look, without waiting. */
    @FunctionalInterface
    interface Starter {
        /**
         * @param addresses where the peer was looked for, at least one.
         */
        PeerProbe start(List<PeerAddress> addresses);
    }
}
