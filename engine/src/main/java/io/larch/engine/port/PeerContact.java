package io.larch.engine.port;

import java.util.List;

/**
 * How a transport stands with a peer: a picture of a moment, for people and their tools.
 *
 * @param peerUrls where it is said to be.
 * @param address where it is looked for now, {@code host:port}; empty while that is not known.
 * @param isAnswering whether it answers.
 * @param hasAnswered whether it ever did since this member started.
 * @param forNanos for how long it has answered, or not.
 * @param finding what was found out about one that does not answer; empty while nothing was.
 */
public record PeerContact(
        long peerId,
        List<String> peerUrls,
        String address,
        boolean isAnswering,
        boolean hasAnswered,
        long forNanos,
        String finding) {}
