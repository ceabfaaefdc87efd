package io.larch.engine.port;

import io.larch.engine.raft.RaftMessage;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Sends nothing, hears nothing, and has no state. */
final class NoPeers implements PeerTransport {
    private static final long FAR_NANOS = TimeUnit.HOURS.toNanos(1);

    @Override
    public void open(
            final long clusterId,
            final long memberId,
            final long incarnation,
            final List<String> peerUrls,
            final SnapshotSink snapshots) {}

    @Override
    public void start() {}

    @Override
    public void connect(final long peerId, final List<String> peerUrls) {}

    @Override
    public void disconnect(final long peerId) {}

    @Override
    public boolean send(final RaftMessage message) {
        return false;
    }

    @Override
    public int flush() {
        return 0;
    }

    @Override
    public int poll(final PeerHandler handler, final int limit) {
        return 0;
    }

    @Override
    public void sendSnapshot(final long peerId, final long term, final SnapshotSource source) {
        source.close();
    }

    @Override
    public long nextDeadlineNanos(final long nowNanos) {
        return nowNanos + FAR_NANOS;
    }

    @Override
    public void close() {}
}
