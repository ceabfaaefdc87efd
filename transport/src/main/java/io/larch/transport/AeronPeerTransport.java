package io.larch.transport;

import io.larch.engine.PeerHandler;
import io.larch.engine.PeerTransport;
import io.larch.engine.SnapshotSink;
import io.larch.engine.SnapshotSource;
import io.larch.engine.raft.RaftMessage;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Peers over Aeron, without a thread of its own: the engine's thread drives the driver, the client
 * and the streams. Nothing is opened before the first {@link #connect} or {@link #start}.
 */
public final class AeronPeerTransport implements PeerTransport {
    private static final long FAR_NANOS = TimeUnit.HOURS.toNanos(1);

    private final AeronContext context;
    private final TransportCounters counters = new TransportCounters();

    /**
     * @throws IllegalArgumentException when the context is wrong; see {@link
     *     AeronContext#conclude}.
     */
    public AeronPeerTransport(final AeronContext context) {
        this.context = context.conclude();
    }

    /** What was sent, received and dropped. Any thread. */
    public TransportCounters counters() {
        return counters;
    }

    @Override
    public void open(
            final long clusterId,
            final long memberId,
            final long incarnation,
            final SnapshotSink snapshots) {}

    /**
     * Opens the sockets now instead of at the first {@link #connect}.
     *
     * @throws IllegalStateException when that fails; the message says why in one line.
     */
    public void start() {
        throw new UnsupportedOperationException("not yet");
    }

    @Override
    public void connect(final long peerId, final List<String> peerUrls) {
        start();
    }

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
    public long nextDeadlineNanos() {
        return context.nanoTime().getAsLong() + FAR_NANOS;
    }

    @Override
    public void close() {}
}
