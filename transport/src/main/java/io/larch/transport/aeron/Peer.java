package io.larch.transport.aeron;

import io.aeron.exceptions.RegistrationException;
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
import io.larch.transport.peer.PeerSilence;
import io.larch.transport.peer.PeerSnapshot;
import io.larch.transport.peer.RemotePeer;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A peer over Aeron: its address, the streams to it, and what waits for it. */
final class Peer implements RemotePeer {
    private static final Logger LOG = LoggerFactory.getLogger(Peer.class);

    private final long id;
    private final AeronContext context;
    private final PeerIdentity identity;
    private final TransportCounters counters;
    private final OutgoingFrame frame;
    private final PeerRoute route;
    private final PeerConnection connection;
    private final PeerStream control;
    private final PeerStream appends;
    private final PeerStream snapshots;
    private final PeerSnapshot snapshot;
    private final QueuedStream queue;
    private final PieceAssembler pieces = new PieceAssembler();
    private final PeerSilence silence;
    private List<String> urls = List.of();
    private String channel;
    private long leaveDeadlineNanos;

    Peer(
            final long id,
            final AeronContext context,
            final PeerIdentity identity,
            final TransportCounters counters,
            final OutgoingFrame frame) {
        this.id = id;
        this.context = context;
        this.identity = identity;
        this.counters = counters;
        this.frame = frame;
        route = new PeerRoute(context.hostResolver(), context.reconnectNanos());
        connection = new PeerConnection(id, route, counters);
        control = new PeerStream(PeerStream.CONTROL, context.controlTermLength());
        appends = new PeerStream(PeerStream.APPENDS, context.appendTermLength());
        snapshots = new PeerStream(PeerStream.SNAPSHOTS, context.snapshotTermLength());
        queue = new QueuedStream(appends, identity, id, frame, counters, context.backlogLength());
        snapshot = new PeerSnapshot(id, identity, context.snapshotPace(), counters);
        silence =
                new PeerSilence(
                        this,
                        addresses -> TcpProbe.start(addresses, identity.clusterId()),
                        counters,
                        context.nanoTime().getAsLong());
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
        if (!usable.equals(route.urls())) {
            route.urls(usable, nowNanos);
        }
    }

    private List<PeerUrl> usable() {
        final List<PeerUrl> usable = new ArrayList<>();
        for (final String url : urls) {
            try {
                usable.add(PeerUrl.parsePlain("peer " + hex(), url));
            } catch (final IllegalArgumentException e) {
                LOG.error("{}", e.getMessage());
            }
        }
        return List.copyOf(usable);
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
        route.called(nowNanos);
    }

    /**
     * Tells the peer where this member is, when that is due: at the begin of a connection, and from
     * time to time while the peer says nothing.
     *
     * @return whether it was told.
     */
    boolean greet(final Hello hello, final long nowNanos) {
        if (!connection.takeGreetingDue(nowNanos)) {
            return false;
        }
        final boolean isSent =
                control.offer(hello.seal(frame, identity, id, nowNanos)) == OfferResult.TAKEN;
        if (isSent) {
            counters.increment(TransportCounter.HELLOS_SENT);
        }
        return isSent;
    }

    /** Looks after addresses and streams. Cheap when nothing has changed. */
    void advance(final EmbeddedDriver driver, final long nowNanos) {
        final PeerAddress before = route.address();
        if (route.advance(nowNanos)) {
            renewStreams(before);
        }
        if (route.hasFailures()) {
            route.takeFailures().forEach(connection::tellOnce);
        }
        openStreams(driver, nowNanos);
        noteConnection(nowNanos);
    }

    /** Those of before may lead nowhere, whatever their address: others take their place. */
    private void renewStreams(final PeerAddress before) {
        if (!control.isOpen()) {
            return;
        }
        counters.increment(TransportCounter.STREAMS_RENEWED);
        if (!route.address().equals(before)) {
            counters.increment(TransportCounter.ADDRESSES_CHANGED);
            LOG.debug("peer {} may be at {}", hex(), route.address());
        }
        closeStreams();
        if (connection.isConnected()) {
            connection.lost(before);
            queue.drop();
        }
    }

    private void openStreams(final EmbeddedDriver driver, final long nowNanos) {
        if (route.address() == null) {
            return;
        }
        try {
            if (!control.isOpen()) {
                channel = channel(route.address(), driver.client().nextCorrelationId());
            }
            openOrAdvance(control, driver);
            openOrAdvance(appends, driver);
            if (snapshot.isUnderWay()) {
                openOrAdvance(snapshots, driver);
            } else if (snapshots.isOpen()) {
                snapshots.close();
            }
        } catch (final RegistrationException e) {
            closeStreams();
            route.refused(nowNanos);
            connection.tellOnce(ListenFailure.reason(e));
        }
    }

    /**
     * A channel to an address, from a port of its own: what lies between may remember for each port
     * where it led to.
     *
     * @param tag the streams of one channel share it, and those of no other channel.
     */
    private String channel(final PeerAddress address, final long tag) {
        final InetAddress host = address.host();
        return "aeron:udp?endpoint="
                + address
                + (host instanceof Inet6Address ? "|control=[::]:0" : "|control=0.0.0.0:0")
                + "|tags="
                + tag
                + "|mtu="
                + context.mtuLength(host.isLoopbackAddress());
    }

    private void openOrAdvance(final PeerStream stream, final EmbeddedDriver driver) {
        if (stream.isOpen()) {
            stream.advance();
        } else {
            stream.open(driver, channel);
        }
    }

    private void noteConnection(final long nowNanos) {
        if (connection.note(control.isConnected() && appends.isConnected(), nowNanos)) {
            queue.drop();
        }
    }

    /** Whether a connection was lost; told once per loss. */
    boolean takeUnreachable() {
        return connection.takeUnreachable();
    }

    @Override
    public boolean sendControl(final OutgoingFrame sealed) {
        return QueuedStream.count(counters, control.offer(sealed), sealed.length());
    }

    /** Sends a sealed message of the append stream, behind what waits there already. */
    boolean sendAppend(final OutgoingFrame sealed) {
        return queue.send(sealed);
    }

    /**
     * Moves what waits into the stream, as far as its window allows.
     *
     * @return whether anything was moved.
     */
    boolean push(final long nowNanos) {
        return queue.push(nowNanos);
    }

    /** Bytes in the streams that the driver has not sent. */
    long unsentBytes() {
        return control.unsentBytes() + appends.unsentBytes() + snapshots.unsentBytes();
    }

    boolean hasUnsent() {
        return !queue.isEmpty() || unsentBytes() > 0;
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

    /** Whether it is gone: all has left, or the time is up. */
    boolean hasLeft(final long nowNanos) {
        final boolean isGone =
                !connection.isConnected() || !hasUnsent() || nowNanos - leaveDeadlineNanos >= 0;
        if (isGone) {
            close();
        }
        return isGone;
    }

    /** Whether the driver closed a stream by itself. */
    boolean isLost() {
        return control.isLost() || appends.isLost() || snapshots.isLost();
    }

    /** The streams are gone with their driver, or no longer wanted. */
    void closeStreams() {
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
