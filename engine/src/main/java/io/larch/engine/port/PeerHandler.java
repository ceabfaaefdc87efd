package io.larch.engine.port;

import io.larch.engine.raft.RaftMessage;
import java.util.List;

/** What a {@link PeerTransport} tells while it is polled. Must not call the transport back. */
public interface PeerHandler {
    /**
     * A message arrived.
     *
     * @param message well-formed; valid during the call only, in which its bytes may be changed.
     */
    void onMessage(RaftMessage message);

    /**
     * A member of this cluster talks to this one, which cannot answer: it is not connected to the
     * other, or only at URLs where the other is not found. Comes again, not often, until it is.
     *
     * @param peerUrls where the other says it can be reached; not checked.
     */
    void onStranger(long peerId, List<String> peerUrls);

    /** A peer cannot be reached now. Told once per loss; a hint, Raft's own timers decide. */
    void onUnreachable(long peerId);

    /** A peer does not answer. Told soon, then seldom; for people, Raft's own timers decide. */
    default void onSilent(final PeerContact peer) {}

    /** A snapshot goes forward: the peer has more of it than before. */
    void onSnapshotProgress(long peerId);

    /** A snapshot was given up; an end that is good shows by the peer's answers to the leader. */
    void onSnapshotFailed(long peerId);
}
