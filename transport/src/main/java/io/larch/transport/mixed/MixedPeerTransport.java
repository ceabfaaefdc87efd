package io.larch.transport.mixed;

import io.larch.engine.port.PeerContact;
import io.larch.engine.port.PeerHandler;
import io.larch.engine.port.PeerTransport;
import io.larch.engine.port.SnapshotSink;
import io.larch.engine.port.SnapshotSource;
import io.larch.engine.raft.RaftMessage;
import io.larch.transport.peer.CompanionTransport;
import io.larch.transport.peer.RemotePeer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Reaches each peer as its URLs say: by TLS as soon as one of them is https, else in plain. What
 * comes is taken from both: whoever still knows a peer by another URL is heard all the same.
 */
public final class MixedPeerTransport implements PeerTransport {
    private final CompanionTransport plain;
    private final CompanionTransport secure;
    private final boolean isHeardInPlain;
    private final Long2ObjectHashMap<CompanionTransport> ways = new Long2ObjectHashMap<>();
    private final List<Long> lostSnapshots = new ArrayList<>();
    private boolean isSecureFirst;

    /**
     * @param plain for peers at http URLs.
     * @param secure for peers at https URLs.
     * @param isHeardInPlain whether this member has http URLs itself.
     */
    public MixedPeerTransport(
            final CompanionTransport plain,
            final CompanionTransport secure,
            final boolean isHeardInPlain) {
        this.plain = plain;
        this.secure = secure;
        this.isHeardInPlain = isHeardInPlain;
        plain.elsewhere(secure::peer);
        secure.elsewhere(plain::peer);
    }

    @Override
    public void open(
            final long clusterId,
            final long memberId,
            final long incarnation,
            final List<String> peerUrls,
            final SnapshotSink snapshots) {
        plain.open(clusterId, memberId, incarnation, peerUrls, snapshots);
        secure.open(clusterId, memberId, incarnation, peerUrls, snapshots);
    }

    @Override
    public void moved(final List<String> peerUrls) {
        plain.moved(peerUrls);
        secure.moved(peerUrls);
    }

    @Override
    public void start() {
        if (isHeardInPlain) {
            plain.start();
        }
        secure.start();
    }

    @Override
    public boolean isListening() {
        return plain.isListening() || secure.isListening();
    }

    @Override
    public void connect(final long peerId, final List<String> peerUrls) {
        start();
        final CompanionTransport way = isSecure(peerUrls) ? secure : plain;
        final CompanionTransport before = ways.put(peerId, way);
        if (before != null && before != way) {
            leave(before, peerId);
        }
        way.connect(peerId, peerUrls);
    }

    private static boolean isSecure(final List<String> peerUrls) {
        return peerUrls.stream()
                .anyMatch(url -> url.toLowerCase(Locale.ROOT).startsWith("https://"));
    }

    /** A snapshot under way begins anew on the other way, when the engine asks for it. */
    private void leave(final CompanionTransport way, final long peerId) {
        final RemotePeer peer = way.peer(peerId);
        if (peer != null && peer.snapshot().isUnderWay()) {
            lostSnapshots.add(peerId);
        }
        way.disconnect(peerId);
    }

    @Override
    public void disconnect(final long peerId) {
        final CompanionTransport way = ways.remove(peerId);
        if (way != null) {
            way.disconnect(peerId);
        }
    }

    @Override
    public boolean send(final RaftMessage message) {
        return wayTo(message.to()).send(message);
    }

    /** Whichever, for a peer that nobody knows. */
    private CompanionTransport wayTo(final long peerId) {
        final CompanionTransport way = ways.get(peerId);
        return way == null ? secure : way;
    }

    @Override
    public int flush() {
        return plain.flush() + secure.flush();
    }

    /** {@inheritDoc} Neither way can keep the other from being heard. */
    @Override
    public int poll(final PeerHandler handler, final int limit) {
        for (int i = 0; i < lostSnapshots.size(); i++) {
            handler.onSnapshotFailed(lostSnapshots.get(i));
        }
        lostSnapshots.clear();
        isSecureFirst = !isSecureFirst;
        final CompanionTransport first = isSecureFirst ? secure : plain;
        final CompanionTransport second = isSecureFirst ? plain : secure;
        final int count = first.poll(handler, limit);
        return count + second.poll(handler, Math.max(1, limit - count));
    }

    @Override
    public void sendSnapshot(final long peerId, final long term, final SnapshotSource source) {
        wayTo(peerId).sendSnapshot(peerId, term, source);
    }

    @Override
    public List<PeerContact> contacts() {
        final List<PeerContact> contacts = new ArrayList<>(plain.contacts());
        contacts.addAll(secure.contacts());
        return contacts;
    }

    @Override
    public long nextDeadlineNanos(final long nowNanos) {
        final long plainNanos = plain.nextDeadlineNanos(nowNanos);
        final long secureNanos = secure.nextDeadlineNanos(nowNanos);
        return plainNanos - secureNanos < 0 ? plainNanos : secureNanos;
    }

    @Override
    public void close() {
        plain.close();
        secure.close();
    }
}
