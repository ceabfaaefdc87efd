package io.larch.engine.port;

import io.larch.engine.raft.RaftMessage;
import java.util.List;

/**
 * Moves Raft messages and snapshots between this member and the others. Owned by the engine thread,
 * which makes all calls; none of them blocks.
 *
 * <p>Delivery is best effort: messages may be lost, repeated and reordered, and a slow or dead peer
 * never delays the others. What arrives was checked: version, cluster, receiver, length and
 * checksum; what fails a check is counted and dropped.
 */
public interface PeerTransport extends AutoCloseable {
    /** The transport of a member that never meets another one. */
    PeerTransport NONE = new NoPeers();

    /**
     * Says who speaks; called once, before everything else. Nothing need be opened before the first
     * {@link #connect}.
     *
     * @param incarnation grows with each start of the member.
     * @param peerUrls where this member can be reached; peers that do not know it are told.
     * @param snapshots takes the snapshots that other members send.
     */
    void open(
            long clusterId,
            long memberId,
            long incarnation,
            List<String> peerUrls,
            SnapshotSink snapshots);

    /** This member can be reached at other URLs than it was opened with: peers are told these. */
    default void moved(final List<String> peerUrls) {}

    /** Hears those who come by themselves, from now on instead of the first {@link #connect} on. */
    void start();

    /** Whether it has to be polled although no peer was ever connected: somebody may come. */
    default boolean isListening() {
        return false;
    }

    /** Begins to talk to a peer, or goes on at other URLs. */
    void connect(long peerId, List<String> peerUrls);

    /** Ends talking to a peer, after what was handed over has had its chance to leave. */
    void disconnect(long peerId);

    /**
     * Hands over one message for {@link RaftMessage#to}; its bytes are copied. Messages of one kind
     * of stream (control, appends) to one peer keep their order.
     *
     * @return false when it was not taken: no such peer, not connected, or its window is used up.
     */
    boolean send(RaftMessage message);

    /**
     * Puts on the wire what was handed over, as far as the windows allow.
     *
     * @return 0 when there was nothing to do.
     */
    int flush();

    /**
     * Hands over what arrived, and does what is due by itself: connections, snapshots under way.
     * Cheap when nothing arrived and nothing is due.
     *
     * @param limit messages at most.
     * @return 0 when there was nothing to do.
     */
    int poll(PeerHandler handler, int limit);

    /**
     * Starts to send a snapshot, in place of one that is under way to this peer unless it is the
     * same; the transport closes the source. How it goes is told to the {@link PeerHandler}.
     */
    void sendSnapshot(long peerId, long term, SnapshotSource source);

    /** How it stands with each peer, for who asks; not for deciding. */
    default List<PeerContact> contacts() {
        return List.of();
    }

    /**
     * When {@link #poll} must be called although nothing arrives.
     *
     * @param nowNanos the time by the engine's clock, which the answer is in, too.
     */
    long nextDeadlineNanos(long nowNanos);

    @Override
    void close();
}
