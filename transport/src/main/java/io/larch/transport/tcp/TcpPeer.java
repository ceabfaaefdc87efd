package io.larch.transport.tcp;

import io.larch.engine.port.PeerHandler;
import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import io.larch.transport.address.PeerAddress;
import io.larch.transport.address.PeerRoute;
import io.larch.transport.address.PeerUrl;
import io.larch.transport.frame.Hello;
import io.larch.transport.frame.OfferResult;
import io.larch.transport.frame.OutgoingFrame;
import io.larch.transport.frame.PeerIdentity;
import io.larch.transport.frame.PieceAssembler;
import io.larch.transport.frame.QueuedStream;
import io.larch.transport.peer.PeerConnection;
import io.larch.transport.peer.PeerProbe;
import io.larch.transport.peer.PeerSilence;
import io.larch.transport.peer.PeerSnapshot;
import io.larch.transport.peer.RemotePeer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A peer over TCP: its address, the streams to it, and what waits for it. */
final class TcpPeer implements RemotePeer {
    private static final Logger LOG = LoggerFactory.getLogger(TcpPeer.class);

    /** A snapshot's stream that broke is dialed again so much later. */
    private static final long REDIAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** A peer that calls is there: who has been met for so long without a word is not it. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private final long id;
    private final TcpContext context;
    private final PeerIdentity identity;
    private final TransportCounters counters;
    private final OutgoingFrame frame;
    private final Wires wires;
    private final PeerRoute route;
    private final PeerConnection connection;
    private final OutgoingStream control;
    private final OutgoingStream appends;
    private final OutgoingStream snapshots;
    private final PeerSnapshot snapshot;
    private final QueuedStream queue;
    private final PieceAssembler pieces = new PieceAssembler();
    private final PeerSilence silence;
    private List<String> urls = List.of();
    private String finding = "";
    private Wires.Place place;
    private boolean isTls;
    private long redialNanos;
    private long leaveDeadlineNanos;

    /**
     * @param onReady called within the thread's wait when there is something to do.
     */
    TcpPeer(
            final long id,
            final TcpContext context,
            final PeerIdentity identity,
            final TransportCounters counters,
            final OutgoingFrame frame,
            final Wires wires,
            final Runnable onReady) {
        this.id = id;
        this.context = context;
        this.identity = identity;
        this.counters = counters;
        this.frame = frame;
        this.wires = wires;
        route = new PeerRoute(context.hostResolver(), context.reconnectNanos());
        connection = new PeerConnection(id, route, counters);
        control = new OutgoingStream(StreamKind.CONTROL, context, identity, id, wires, onReady);
        appends = new OutgoingStream(StreamKind.APPENDS, context, identity, id, wires, onReady);
        snapshots = new OutgoingStream(StreamKind.SNAPSHOTS, context, identity, id, wires, onReady);
        queue = new QueuedStream(appends, identity, id, frame, counters, context.backlogLength());
        snapshot = new PeerSnapshot(id, identity, context.snapshotPace(), counters);
        final long nowNanos = context.nanoTime().getAsLong();
        silence = new PeerSilence(this, this::probe, counters, nowNanos);
        redialNanos = nowNanos;
    }

    /** What the attempts to connect have found out is all that can be. */
    private PeerProbe probe(final List<PeerAddress> tried) {
        final String found = finding.isEmpty() ? "nobody at " + tried.get(0) + " answers" : finding;
        return () -> found;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public List<String> urls() {
        return urls;
    }

    @Override
    public PeerAddress address() {
        return route.address();
    }

    PeerSilence silence() {
        return silence;
    }

    @Override
    public PieceAssembler pieces() {
        return pieces;
    }

    /** Goes on at these URLs; nothing changes when they are the same as before. */
    void urls(final List<String> peerUrls, final long nowNanos) {
        urls = List.copyOf(peerUrls);
        final List<PeerUrl> usable = usable();
        if (usable.equals(route.urls())) {
            return;
        }
        final boolean isTlsNow = !usable.isEmpty() && usable.get(0).isTls();
        if (isTlsNow != isTls) {
            // The address may be the same, but not what is spoken there.
            isTls = isTlsNow;
            closeStreams();
            noteConnection(nowNanos);
        }
        route.urls(usable, nowNanos);
    }

    /** Where it has a URL with TLS, nothing goes without. */
    private List<PeerUrl> usable() {
        final List<PeerUrl> secure = new ArrayList<>();
        final List<PeerUrl> plain = new ArrayList<>();
        for (final String url : urls) {
            try {
                final String where = "peer " + hex();
                if (wires.hasTls()) {
                    final PeerUrl parsed = PeerUrl.parse(where, url);
                    (parsed.isTls() ? secure : plain).add(parsed);
                } else {
                    plain.add(PeerUrl.parsePlain(where, url));
                }
            } catch (final IllegalArgumentException e) {
                LOG.error("{}", e.getMessage());
            }
        }
        return List.copyOf(secure.isEmpty() ? plain : secure);
    }

    @Override
    public boolean isConnected() {
        return connection.isConnected();
    }

    @Override
    public void heard(final long nowNanos) {
        connection.heard(nowNanos);
    }

    @Override
    public void called(final long nowNanos) {
        if (isBeingMet() && nowNanos - control.sinceNanos() >= PATIENCE_NANOS) {
            closeStreams();
        }
        route.called(nowNanos);
    }

    /** Tells the peer where this member is, when that is due. */
    void greet(final Hello hello, final long nowNanos) {
        if (connection.takeGreetingDue(nowNanos)
                && control.offer(hello.seal(frame, identity, id, nowNanos)) == OfferResult.TAKEN) {
            counters.increment(TransportCounter.HELLOS_SENT);
            control.flush(nowNanos);
        }
    }

    /** Looks after addresses and streams. Cheap when nothing has changed. */
    void advance(final long nowNanos) {
        control.advance(nowNanos);
        appends.advance(nowNanos);
        noteFailure(control.takeFailure(), nowNanos);
        noteFailure(appends.takeFailure(), nowNanos);
        noteConnection(nowNanos);
        final PeerAddress before = route.address();
        if (!isBeingMet() && route.advance(nowNanos)) {
            dial(before, nowNanos);
            // Whoever is near may be there already, or not at all.
            control.advance(nowNanos);
            appends.advance(nowNanos);
            noteFailure(control.takeFailure(), nowNanos);
            noteFailure(appends.takeFailure(), nowNanos);
        }
        if (route.hasFailures()) {
            route.takeFailures().forEach(this::found);
        }
        advanceSnapshots(nowNanos);
    }

    /** Whether somebody is there, and it is found out who. */
    private boolean isBeingMet() {
        return !connection.isConnected() && (control.isBeingMet() || appends.isBeingMet());
    }

    private void noteFailure(final String failure, final long nowNanos) {
        if (failure == null) {
            return;
        }
        closeStreams();
        if (connection.isConnected()) {
            finding = failure;
            LOG.info("peer {}: {}", hex(), failure);
        } else {
            found(failure);
            route.failed(nowNanos);
        }
    }

    private void found(final String failure) {
        finding = failure;
        connection.tellOnce(failure);
    }

    private void dial(final PeerAddress before, final long nowNanos) {
        if (!control.isClosed()) {
            counters.increment(TransportCounter.STREAMS_RENEWED);
            finding = "nobody at " + before + " answers";
        }
        if (before != null && !route.address().equals(before)) {
            counters.increment(TransportCounter.ADDRESSES_CHANGED);
            LOG.debug("peer {} may be at {}", hex(), route.address());
        }
        closeStreams();
        if (connection.isConnected()) {
            connection.lost(before);
            queue.drop();
        }
        final PeerUrl url = route.url();
        place = new Wires.Place(url.host(), url.port(), url.isTls());
        control.dial(route.address(), place, nowNanos);
        appends.dial(route.address(), place, nowNanos);
    }

    private void noteConnection(final long nowNanos) {
        if (connection.note(control.isConnected() && appends.isConnected(), nowNanos)) {
            queue.drop();
        }
        if (connection.isConnected()) {
            finding = "";
        }
    }

    private void advanceSnapshots(final long nowNanos) {
        if (!snapshot.isUnderWay() || !connection.isConnected()) {
            if (!snapshots.isClosed()) {
                snapshots.close();
            }
            return;
        }
        snapshots.advance(nowNanos);
        final String failure = snapshots.takeFailure();
        if (failure != null) {
            LOG.info("a snapshot to peer {}: {}", hex(), failure);
            redialNanos = nowNanos + REDIAL_NANOS;
        } else if (snapshots.isClosed() && nowNanos - redialNanos >= 0) {
            snapshots.dial(route.address(), place, nowNanos);
            snapshots.advance(nowNanos);
        }
    }

    /** Whether it goes on without a sign of a socket. */
    boolean isAtWork() {
        return control.isAtWork() || appends.isAtWork() || snapshots.isAtWork();
    }

    /** This member did not run for a while: silence in between does not count. */
    void forgive(final long nowNanos) {
        control.forgive(nowNanos);
        appends.forgive(nowNanos);
        snapshots.forgive(nowNanos);
    }

    /** Whether a connection was lost; told once per loss. */
    boolean takeUnreachable() {
        return connection.takeUnreachable();
    }

    @Override
    public boolean sendControl(final OutgoingFrame sealed) {
        if (sealed.length() > control.maxFrameLength()) {
            counters.increment(TransportCounter.REFUSED_TOO_LONG);
            return false;
        }
        return QueuedStream.count(counters, control.offer(sealed), sealed.length());
    }

    /** Sends a sealed message of the append stream, behind what waits there already. */
    boolean sendAppend(final OutgoingFrame sealed) {
        return queue.send(sealed);
    }

    /**
     * Writes what waits, as far as the sockets take it; what is urgent first.
     *
     * @return whether anything was written.
     */
    boolean flush(final long nowNanos) {
        boolean hasMoved = control.flush(nowNanos) | appends.flush(nowNanos);
        while (queue.push(nowNanos) && appends.flush(nowNanos)) {
            hasMoved = true;
        }
        return snapshots.flush(nowNanos) | hasMoved;
    }

    private boolean hasUnsent() {
        return !queue.isEmpty() || control.hasUnsent() || appends.hasUnsent();
    }

    @Override
    public PeerSnapshot snapshot() {
        return snapshot;
    }

    /** Sends what is due of the snapshot under way; returns frames sent. */
    int moveSnapshot(final PeerHandler handler, final long nowNanos) {
        return snapshot.move(snapshots, frame, handler, nowNanos);
    }

    /** Takes no more messages; those under way have until then to leave. */
    void leaveBy(final long deadlineNanos) {
        leaveDeadlineNanos = deadlineNanos;
        snapshot.close();
    }

    /** Moves what is left; whether it is gone: all has left, or the time is up. */
    boolean leave(final long nowNanos) {
        control.advance(nowNanos);
        appends.advance(nowNanos);
        flush(nowNanos);
        noteConnection(nowNanos);
        final boolean isGone =
                !connection.isConnected() || !hasUnsent() || nowNanos - leaveDeadlineNanos >= 0;
        if (isGone) {
            close();
        }
        return isGone;
    }

    private void closeStreams() {
        control.close();
        appends.close();
        snapshots.close();
    }

    void close() {
        closeStreams();
        queue.drop();
        snapshot.close();
        pieces.clear();
    }

    private String hex() {
        return Long.toHexString(id);
    }
}
