package io.larch.transport.aeron;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The peers that are connected, and those that leave once their last messages have left. */
final class PeerTable {
    private final List<Peer> leaving = new ArrayList<>();
    private Peer[] peers = new Peer[0];

    /** The connected ones; not to be changed, replaced by another array when there are others. */
    Peer[] connected() {
        return peers;
    }

    /** The connected one of this id; null when there is none. */
    Peer find(final long peerId) {
        for (final Peer peer : peers) {
            if (peer.id() == peerId) {
                return peer;
            }
        }
        return null;
    }

    void add(final Peer peer) {
        peers = Arrays.copyOf(peers, peers.length + 1);
        peers[peers.length - 1] = peer;
    }

    /** Takes no more for the peer; what is under way to it may leave until then. */
    void leave(final Peer peer, final long deadlineNanos) {
        peers = Arrays.stream(peers).filter(each -> each != peer).toArray(Peer[]::new);
        peer.leaveBy(deadlineNanos);
        leaving.add(peer);
    }

    void removeLeft(final long nowNanos) {
        if (!leaving.isEmpty()) {
            leaving.removeIf(peer -> peer.hasLeft(nowNanos));
        }
    }

    boolean hasUnsent() {
        for (final Peer peer : peers) {
            if (peer.hasUnsent()) {
                return true;
            }
        }
        for (int i = 0; i < leaving.size(); i++) {
            if (leaving.get(i).hasUnsent()) {
                return true;
            }
        }
        return false;
    }

    long unsentBytes() {
        long bytes = 0;
        for (final Peer peer : peers) {
            bytes += peer.unsentBytes();
        }
        for (int i = 0; i < leaving.size(); i++) {
            bytes += leaving.get(i).unsentBytes();
        }
        return bytes;
    }

    /**
     * Fills the streams from what waits.
     *
     * @return whether anything was moved.
     */
    boolean push(final long nowNanos) {
        boolean hasMoved = false;
        for (final Peer peer : peers) {
            hasMoved |= peer.push(nowNanos);
        }
        for (int i = 0; i < leaving.size(); i++) {
            hasMoved |= leaving.get(i).push(nowNanos);
        }
        return hasMoved;
    }

    /** Whether the driver closed a stream by itself. */
    boolean isLost() {
        for (final Peer peer : peers) {
            if (peer.isLost()) {
                return true;
            }
        }
        return false;
    }

    /** The driver goes, and all streams with it; the peers stay, except for those that leave. */
    void closeStreams() {
        for (final Peer peer : peers) {
            peer.closeStreams();
        }
        leaving.forEach(Peer::close);
        leaving.clear();
    }

    void close() {
        closeStreams();
        for (final Peer peer : peers) {
            peer.close();
        }
        peers = new Peer[0];
    }
}
