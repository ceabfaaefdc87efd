package io.larch.transport.peer;

import io.larch.engine.port.PeerHandler;
import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import io.larch.transport.address.PeerAddress;
import io.larch.transport.address.PeerRoute;
import io.larch.transport.address.PeerUrl;
import io.larch.transport.frame.FrameStream;
import io.larch.transport.frame.Hello;
import io.larch.transport.frame.OfferResult;
import io.larch.transport.frame.OutgoingFrame;
import io.larch.transport.frame.PeerIdentity;
import io.larch.transport.frame.PieceAssembler;
import io.larch.transport.frame.QueuedStream;
import java.util.List;

/**
 * A peer with a stream for what is urgent, one for appends with a bounded queue before it, and one
 * for snapshots: what is the same whatever they are made of. Who extends it knows which URLs can be
 * used, and opens and closes the streams. Owned by the thread that drives the transport.
 */
public abstract class StreamedPeer implements RemotePeer {
    private final long id;
    private final PeerIdentity identity;
    private final TransportCounters counters;
    private final OutgoingFrame frame;
    private final PeerRoute route;
    private final PeerConnection connection;
    private final FrameStream control;
    private final FrameStream appends;
    private final FrameStream snapshots;
    private final QueuedStream queue;
    private final PeerSnapshot snapshot;
    private final PieceAssembler pieces = new PieceAssembler();
    private List<String> urls = List.of();
    private long leaveDeadlineNanos;

    /**
     * @param frame used for what leaves by itself.
     */
    protected StreamedPeer(
            final long id,
            final TransportContext<?> context,
            final PeerIdentity identity,
            final OutgoingFrame frame,
            final FrameStream control,
            final FrameStream appends,
            final FrameStream snapshots) {
        this.id = id;
        this.identity = identity;
        this.frame = frame;
        this.control = control;
        this.appends = appends;
        this.snapshots = snapshots;
        counters = context.transportCounters();
        route = new PeerRoute(context.hostResolver(), context.reconnectNanos());
        connection = new PeerConnection(id, route, counters);
        queue = new QueuedStream(appends, identity, id, frame, counters, context.backlogLength());
        snapshot = new PeerSnapshot(id, identity, context.snapshotPace(), counters);
    }

    @Override
    public final long id() {
        return id;
    }

    protected final String hex() {
        return Long.toHexString(id);
    }

    protected final TransportCounters counters() {
        return counters;
    }

    protected final PeerRoute route() {
        return route;
    }

    protected final PeerConnection connection() {
        return connection;
    }

    /** Those of its URLs that lead to it; what is wrong with another is told to the log. */
    protected abstract List<PeerUrl> usable();

    /** Goes on at these URLs; nothing changes when they are the same as before. */
    public final void urls(final List<String> peerUrls, final long nowNanos) {
        urls = List.copyOf(peerUrls);
        final List<PeerUrl> usable = usable();
        if (!usable.equals(route.urls())) {
            move(usable, nowNanos);
        }
    }

    protected void move(final List<PeerUrl> usable, final long nowNanos) {
        route.urls(usable, nowNanos);
    }

    @Override
    public final List<String> urls() {
        return urls;
    }

    @Override
    public final PeerAddress address() {
        return route.address();
    }

    @Override
    public final PieceAssembler pieces() {
        return pieces;
    }

    @Override
    public final boolean isConnected() {
        return connection.isConnected();
    }

    @Override
    public final void heard(final long nowNanos) {
        connection.heard(nowNanos);
    }

    @Override
    public void called(final long nowNanos) {
        route.called(nowNanos);
    }

    /**
     * Tells the peer where this member is, when that is due: at the begin of a connection, and from
     * time to time while the peer says nothing.
     *
     * @return whether it was told.
     */
    public boolean greet(final Hello hello, final long nowNanos) {
        final boolean isTold =
                connection.takeGreetingDue(nowNanos)
                        && control.offer(hello.seal(frame, identity, id, nowNanos))
                                == OfferResult.TAKEN;
        if (isTold) {
            counters.increment(TransportCounter.HELLOS_SENT);
        }
        return isTold;
    }

    /** The streams of before may lead nowhere: others take their place. */
    protected final void renewed(final PeerAddress before) {
        closeStreams();
        if (connection.isConnected()) {
            connection.lost(before);
            queue.drop();
        }
    }

    /** Takes note of whether the peer hears this member. */
    protected final void noteConnection(final long nowNanos) {
        if (connection.note(control.isConnected() && appends.isConnected(), nowNanos)) {
            queue.drop();
        }
    }

    /** Whether a connection was lost; told once per loss. */
    public final boolean takeUnreachable() {
        return connection.takeUnreachable();
    }

    @Override
    public boolean sendControl(final OutgoingFrame sealed) {
        return QueuedStream.count(counters, control.offer(sealed), sealed.length());
    }

    /** Sends a sealed message of the append stream, behind what waits there already. */
    public final boolean sendAppend(final OutgoingFrame sealed) {
        return queue.send(sealed);
    }

    /**
     * Moves what waits into the stream of appends, as far as its window allows.
     *
     * @return whether anything was moved.
     */
    public final boolean push(final long nowNanos) {
        return queue.push(nowNanos);
    }

    /** Whether appends wait for their stream. */
    protected final boolean hasQueued() {
        return !queue.isEmpty();
    }

    /** Whether anything waits here that the network has not taken. */
    public abstract boolean hasUnsent();

    @Override
    public final PeerSnapshot snapshot() {
        return snapshot;
    }

    /** Sends what is due of the snapshot under way; returns frames sent. */
    public final int moveSnapshot(final PeerHandler handler, final long nowNanos) {
        return snapshot.move(snapshots, frame, handler, nowNanos);
    }

    /** Takes no more messages; those under way have until then to leave. */
    public final void leaveBy(final long deadlineNanos) {
        leaveDeadlineNanos = deadlineNanos;
        snapshot.close();
    }

    /** Whether it is gone: all has left, or the time is up. */
    public final boolean hasLeft(final long nowNanos) {
        final boolean isGone =
                !connection.isConnected() || !hasUnsent() || nowNanos - leaveDeadlineNanos >= 0;
        if (isGone) {
            close();
        }
        return isGone;
    }

    /** The streams are gone with what carried them, or no longer wanted. */
    public abstract void closeStreams();

    public final void close() {
        closeStreams();
        queue.drop();
        snapshot.close();
        pieces.clear();
    }
}
