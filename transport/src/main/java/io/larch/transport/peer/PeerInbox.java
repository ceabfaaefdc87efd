package io.larch.transport.peer;

import io.larch.engine.port.PeerHandler;
import io.larch.engine.port.SnapshotSink;
import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import io.larch.transport.frame.FrameKind;
import io.larch.transport.frame.FrameListener;
import io.larch.transport.frame.FrameReader;
import io.larch.transport.frame.Hello;
import io.larch.transport.frame.OutgoingFrame;
import io.larch.transport.frame.PeerIdentity;
import io.larch.transport.frame.PieceAssembler;
import io.larch.transport.frame.SnapshotReceiver;
import io.larch.transport.frame.TransportFrame;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Takes every frame that arrives, whatever has carried it: pieces are put together, snapshots go to
 * the sink, answers to the snapshot under way to the peer, and of members that cannot be answered
 * the engine is told. Owned by the thread that drives the transport.
 */
public final class PeerInbox implements FrameListener {
    /** Of so many that cannot be answered the engine is told in {@link Hello#INTERVAL_NANOS}. */
    private static final int MAX_STRANGERS = 16;

    private final PeerIdentity identity;
    private final TransportCounters counters;
    private final OutgoingFrame frame;
    private final LongFunction<? extends RemotePeer> peers;
    private final Runnable onStray;
    private final SnapshotReceiver snapshots;
    private final FrameReader reader;
    private PeerHandler handler;
    private long nowNanos;
    private long strangersNanos;
    private int strangersLeft = MAX_STRANGERS;

    /**
     * @param frame used for answers.
     * @param peers finds a peer by its id; null for strangers.
     * @param onStray see {@link FrameListener#onStray}.
     */
    public PeerInbox(
            final PeerIdentity identity,
            final TransportCounters counters,
            final SnapshotSink sink,
            final OutgoingFrame frame,
            final LongFunction<? extends RemotePeer> peers,
            final Runnable onStray) {
        this.identity = identity;
        this.counters = counters;
        this.frame = frame;
        this.peers = peers;
        this.onStray = onStray;
        snapshots = new SnapshotReceiver(sink, counters);
        reader = new FrameReader(identity, counters, this);
    }

    /** Who takes what the following frames bring, and when they are taken. */
    public void begin(final PeerHandler messageHandler, final long arrivalNanos) {
        handler = messageHandler;
        nowNanos = arrivalNanos;
        reader.begin(messageHandler);
    }

    /** To be given the frames. */
    public FrameReader reader() {
        return reader;
    }

    /** Answers to those who send snapshots, as far as answers are owed and get away. */
    public void answer() {
        if (snapshots.owesAnswer()) {
            snapshots.answer(this::sendAnswer);
        }
    }

    private boolean sendAnswer(
            final long to,
            final FrameKind kind,
            final long id,
            final long position,
            final long total) {
        final RemotePeer peer = peers.apply(to);
        if (peer == null) {
            return false;
        }
        TransportFrame.encode(frame.transportHeader(), kind, id, position, total, 0);
        return peer.sendControl(
                frame.sealTransport(identity, to, nowNanos, frame.transportHeader(), 0, 0));
    }

    @Override
    public void onHeard(final long from) {
        final RemotePeer peer = peers.apply(from);
        if (peer != null) {
            peer.heard(nowNanos);
        }
    }

    @Override
    public void onTransportFrame(final TransportFrame arrived) {
        final RemotePeer peer = peers.apply(arrived.from());
        switch (arrived.kind()) {
            case PIECE -> onPiece(peer, arrived);
            case OFFER -> snapshots.onOffer(arrived);
            case CHUNK -> snapshots.onChunk(arrived);
            case HELLO -> onHello(peer, arrived);
            case POSITION, REFUSED, UNKNOWN -> {
                if (peer != null) {
                    peer.snapshot().onAnswer(arrived, nowNanos);
                }
            }
        }
    }

    private void onPiece(final RemotePeer peer, final TransportFrame piece) {
        if (peer == null || !peer.pieces().add(piece)) {
            counters.increment(TransportCounter.DROPPED_PIECES);
        } else if (peer.pieces().isComplete()) {
            final PieceAssembler pieces = peer.pieces();
            reader.onAssembled(pieces.message(), pieces.length());
            pieces.clear();
        }
    }

    /**
     * Of interest only when the sender cannot be answered: then it is tried anew, and the engine
     * may connect it. A flood of these costs no more than a few of them.
     */
    private void onHello(final RemotePeer peer, final TransportFrame hello) {
        if (peer != null && peer.isConnected()) {
            return;
        }
        if (peer != null) {
            peer.called(nowNanos);
        }
        if (nowNanos - strangersNanos >= Hello.INTERVAL_NANOS) {
            strangersNanos = nowNanos;
            strangersLeft = MAX_STRANGERS;
        }
        if (strangersLeft == 0) {
            return;
        }
        strangersLeft--;
        final List<String> urls = Hello.urls(hello);
        if (!urls.isEmpty() && (peer == null || !urls.equals(peer.urls()))) {
            counters.increment(TransportCounter.STRANGERS_TOLD);
            handler.onStranger(hello.from(), urls);
        }
    }

    @Override
    public void onStray() {
        onStray.run();
    }
}
