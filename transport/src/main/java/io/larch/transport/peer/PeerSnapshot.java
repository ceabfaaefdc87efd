package io.larch.transport.peer;

import io.larch.engine.port.PeerHandler;
import io.larch.engine.port.SnapshotSource;
import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import io.larch.transport.frame.FrameStream;
import io.larch.transport.frame.OutgoingFrame;
import io.larch.transport.frame.PeerIdentity;
import io.larch.transport.frame.SnapshotPace;
import io.larch.transport.frame.SnapshotSender;
import io.larch.transport.frame.TransportFrame;

/**
 * The snapshot under way to one peer, if there is one; the engine is told how it goes. Owned by the
 * thread that drives the transport.
 */
public final class PeerSnapshot implements AutoCloseable {
    private final long peerId;
    private final PeerIdentity identity;
    private final SnapshotPace pace;
    private final TransportCounters counters;
    private SnapshotSender sender;

    public PeerSnapshot(
            final long peerId,
            final PeerIdentity identity,
            final SnapshotPace pace,
            final TransportCounters counters) {
        this.peerId = peerId;
        this.identity = identity;
        this.pace = pace;
        this.counters = counters;
    }

    /**
     * Starts to send a snapshot in place of one under way, unless it is the same. The source is
     * closed when it is no longer needed.
     *
     * @param id of the transfer, another one each time.
     * @return whether it is one to be begun.
     */
    public boolean begin(
            final SnapshotSource source, final long id, final long term, final long nowNanos) {
        if (sender != null && sender.isSame(term, source)) {
            source.close();
            return false;
        }
        close();
        counters.increment(TransportCounter.SNAPSHOTS_STARTED);
        sender = new SnapshotSender(source, id, term, pace, counters, nowNanos);
        return true;
    }

    public boolean isUnderWay() {
        return sender != null;
    }

    /** When {@link #move} has something to do although nothing arrives; while under way. */
    public long nextNanos() {
        return sender.nextNanos();
    }

    /** The peer answers. */
    public void onAnswer(final TransportFrame answer, final long nowNanos) {
        if (sender != null) {
            sender.onAnswer(answer, nowNanos);
        }
    }

    /**
     * Sends what is due, and tells how it goes.
     *
     * @return frames sent.
     */
    public int move(
            final FrameStream stream,
            final OutgoingFrame frame,
            final PeerHandler handler,
            final long nowNanos) {
        if (sender == null) {
            return 0;
        }
        final int count = sender.send(stream, frame, identity, peerId, nowNanos);
        if (sender.takeProgress()) {
            handler.onSnapshotProgress(peerId);
        }
        if (sender.isSent()) {
            counters.increment(TransportCounter.SNAPSHOTS_SENT);
            close();
        } else if (sender.isFailed()) {
            counters.increment(TransportCounter.SNAPSHOTS_FAILED);
            close();
            handler.onSnapshotFailed(peerId);
        }
        return count;
    }

    @Override
    public void close() {
        if (sender != null) {
            sender.close();
            sender = null;
        }
    }
}
