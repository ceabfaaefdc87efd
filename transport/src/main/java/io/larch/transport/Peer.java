package io.larch.transport;

import io.aeron.Publication;
import io.aeron.exceptions.RegistrationException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Another member as this one sees it: its address, the streams to it, and what waits for it. */
final class Peer {
    private static final Logger LOG = LoggerFactory.getLogger(Peer.class);
    private static final int LONGEST_PIECE = 128 << 10;

    /** A connection that lasts so long is one to the peer. */
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Distinct reasons told until the peer answers again. */
    private static final int MAX_TOLD = 16;

    private final long id;
    private final AeronContext context;
    private final PeerIdentity identity;
    private final TransportCounters counters;
    private final OutgoingFrame frame;
    private final PeerRoute route;
    private final PeerStream control;
    private final PeerStream appends;
    private final PeerStream snapshots;
    private final FrameBacklog backlog;
    private final PieceAssembler pieces = new PieceAssembler();
    private final PeerSilence silence;
    private List<String> urls = List.of();
    private SnapshotSender snapshot;
    private long pieceId;
    private int piecesEnd;
    private String channel;
    private boolean isConnected;
    private boolean hasSettled;
    private boolean toldUnreachable = true;
    private long connectedNanos;
    private long helloNanos;
    private long leaveDeadlineNanos;
    private final Set<String> toldFailures = new HashSet<>();

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
        control = new PeerStream(PeerStream.CONTROL, context.controlTermLength());
        appends = new PeerStream(PeerStream.APPENDS, context.appendTermLength());
        snapshots = new PeerStream(PeerStream.SNAPSHOTS, context.snapshotTermLength());
        backlog = new FrameBacklog(context.backlogLength());
        pieceId = identity.incarnation() << 32;
        silence = new PeerSilence(this, identity, counters, context.nanoTime().getAsLong());
    }

    long id() {
        return id;
    }

    /** Where it is said to be. */
    List<String> urls() {
        return urls;
    }

    /** Where it is, or is looked for; null while that is not known. */
    PeerAddress address() {
        return route.address();
    }

    PeerSilence silence() {
        return silence;
    }

    PieceAssembler pieces() {
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
                usable.add(PeerUrl.parse("peer " + hex(), url));
            } catch (final IllegalArgumentException e) {
                LOG.error("{}", e.getMessage());
            }
        }
        return List.copyOf(usable);
    }

    boolean isConnected() {
        return isConnected;
    }

    /** Who speaks to this member can be spoken to: it knows where this member is. */
    void heard(final long nowNanos) {
        helloNanos = nowNanos + Hello.INTERVAL_NANOS;
    }

    /** It asks to be answered. */
    void called(final long nowNanos) {
        route.called(nowNanos);
    }

    /**
     * Tells the peer where this member is, when that is due: at the begin of a connection, and from
     * time to time while the peer says nothing.
     *
     * @return whether it was told.
     */
    boolean greet(final Hello hello, final long nowNanos) {
        if (!isConnected || nowNanos - helloNanos < 0) {
            return false;
        }
        helloNanos = nowNanos + Hello.INTERVAL_NANOS;
        final boolean isSent = control.offer(hello.seal(frame, identity, id, nowNanos)) > 0;
        if (isSent) {
            counters.increment(TransportCounter.HELLOS_SENT);
        }
        return isSent;
    }

    /** Whether it is looked for at these URLs. */
    boolean isAt(final List<String> peerUrls) {
        return peerUrls.equals(urls);
    }

    /** Looks after addresses and streams. Cheap when nothing has changed. */
    void advance(final EmbeddedDriver driver, final long nowNanos) {
        final PeerAddress before = route.address();
        if (route.advance(nowNanos)) {
            renewStreams(before);
        }
        if (route.hasFailures()) {
            route.takeFailures().forEach(this::tellOnce);
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
        if (isConnected) {
            lost(before);
        }
    }

    private void openStreams(final EmbeddedDriver driver, final long nowNanos) {
        if (route.address() == null) {
            return;
        }
        try {
            if (!control.isOpen()) {
                channel = route.address().channel(context, driver.client().nextCorrelationId());
            }
            openOrAdvance(control, driver);
            openOrAdvance(appends, driver);
            if (snapshot != null) {
                openOrAdvance(snapshots, driver);
            } else if (snapshots.isOpen()) {
                snapshots.close();
            }
        } catch (final RegistrationException e) {
            closeStreams();
            route.refused(nowNanos);
            tellOnce(ListenFailure.reason(e));
        }
    }

    private void openOrAdvance(final PeerStream stream, final EmbeddedDriver driver) {
        if (stream.isOpen()) {
            stream.advance();
        } else {
            stream.open(driver, channel);
        }
    }

    private void noteConnection(final long nowNanos) {
        final boolean isConnectedNow = control.isConnected() && appends.isConnected();
        if (isConnectedNow && !isConnected) {
            gained(nowNanos);
        } else if (!isConnectedNow && isConnected) {
            lost(route.address());
            route.lost(nowNanos);
        } else if (isConnected && !hasSettled && nowNanos - connectedNanos >= SETTLE_NANOS) {
            settled();
        }
    }

    private void gained(final long nowNanos) {
        isConnected = true;
        connectedNanos = nowNanos;
        counters.increment(TransportCounter.CONNECTIONS_GAINED);
        toldUnreachable = false;
        helloNanos = nowNanos;
        route.connected();
    }

    /** Whoever hears these streams is the peer: another member would have refused them by now. */
    private void settled() {
        hasSettled = true;
        toldFailures.clear();
        route.settled();
        LOG.info("peer {} is reachable at {}", hex(), route.address());
    }

    private void lost(final PeerAddress address) {
        isConnected = false;
        counters.increment(TransportCounter.CONNECTIONS_LOST);
        dropBacklog();
        if (hasSettled) {
            LOG.info("peer {} at {} does not answer", hex(), address);
        }
        hasSettled = false;
    }

    /** Whether a connection was lost; told once per loss. */
    boolean takeUnreachable() {
        final boolean isNews = !isConnected && !toldUnreachable;
        toldUnreachable |= isNews;
        return isNews;
    }

    private void tellOnce(final String failure) {
        if (toldFailures.size() < MAX_TOLD && toldFailures.add(failure)) {
            LOG.warn("cannot reach peer {}: {}", hex(), failure);
        }
    }

    /**
     * Sends a sealed control message.
     *
     * @return whether it was taken.
     */
    boolean sendControl(final OutgoingFrame sealed) {
        return count(control.offer(sealed), sealed.length());
    }

    /** Sends a sealed message of the append stream, behind what waits there already. */
    boolean sendAppend(final OutgoingFrame sealed) {
        if (!appends.isConnected()) {
            return count(Publication.NOT_CONNECTED, 0);
        }
        if (sealed.length() > AeronContext.MAX_MESSAGE_LENGTH) {
            counters.increment(TransportCounter.REFUSED_TOO_LONG);
            return false;
        }
        if (backlog.isEmpty() && sealed.length() <= appends.maxFrameLength()) {
            final long result = appends.offer(sealed);
            if (result != Publication.BACK_PRESSURED && result != Publication.ADMIN_ACTION) {
                return count(result, sealed.length());
            }
        }
        final boolean isTaken = backlog.add(sealed);
        if (isTaken) {
            counters.increment(TransportCounter.DELAYED_BACK_PRESSURED);
        }
        return count(isTaken ? 1 : Publication.BACK_PRESSURED, sealed.length());
    }

    private boolean count(final long result, final int length) {
        if (result > 0) {
            counters.increment(TransportCounter.MESSAGES_SENT);
            counters.add(TransportCounter.BYTES_SENT, length);
            return true;
        }
        counters.increment(
                result == Publication.BACK_PRESSURED || result == Publication.ADMIN_ACTION
                        ? TransportCounter.REFUSED_BACK_PRESSURED
                        : TransportCounter.REFUSED_NOT_CONNECTED);
        return false;
    }

    /**
     * Moves what waits into the stream, as far as its window allows.
     *
     * @return whether anything was moved.
     */
    boolean push(final long nowNanos) {
        boolean hasMoved = false;
        while (!backlog.isEmpty() && appends.isConnected() && pushFirst(nowNanos)) {
            hasMoved = true;
            if (piecesEnd == 0) {
                backlog.removeFirst();
            }
        }
        return hasMoved;
    }

    /** Offers the first frame, or its next piece; {@link #piecesEnd} is 0 when it is through. */
    private boolean pushFirst(final long nowNanos) {
        final int length = backlog.firstLength();
        if (length <= appends.maxFrameLength()) {
            return appends.offer(frame.sealed(backlog.buffer(), backlog.firstOffset(), length)) > 0;
        }
        final int longest =
                Math.min(LONGEST_PIECE, appends.maxFrameLength() - PartFlyweight.HEADER_LENGTH);
        final int pieceLength = Math.min(longest, length - piecesEnd);
        if (piecesEnd == 0) {
            pieceId++;
        }
        PartFlyweight.encode(
                frame.partHeader(), PartKind.PIECE, pieceId, piecesEnd, length, pieceLength);
        frame.sealPart(
                identity,
                id,
                nowNanos,
                backlog.buffer(),
                backlog.firstOffset() + piecesEnd,
                pieceLength);
        if (appends.offer(frame) <= 0) {
            return false;
        }
        piecesEnd += pieceLength;
        if (piecesEnd == length) {
            piecesEnd = 0;
        }
        return true;
    }

    private void dropBacklog() {
        counters.add(TransportCounter.LOST_WITH_CONNECTION, backlog.frames());
        backlog.clear();
        piecesEnd = 0;
    }

    /** Bytes in the streams that the driver has not sent. */
    long unsentBytes() {
        return control.unsentBytes() + appends.unsentBytes() + snapshots.unsentBytes();
    }

    boolean hasUnsent() {
        return !backlog.isEmpty() || unsentBytes() > 0;
    }

    /** The snapshot under way; null when there is none. */
    SnapshotSender snapshot() {
        return snapshot;
    }

    void snapshot(final SnapshotSender sender) {
        if (snapshot != null) {
            snapshot.close();
        }
        snapshot = sender;
    }

    PeerStream snapshotStream() {
        return snapshots;
    }

    /** Takes no more messages; those under way have until then to leave. */
    void leaveBy(final long deadlineNanos) {
        leaveDeadlineNanos = deadlineNanos;
        snapshot(null);
    }

    /** Whether it is gone: all has left, or the time is up. */
    boolean hasLeft(final long nowNanos) {
        final boolean isGone = !isConnected || !hasUnsent() || nowNanos - leaveDeadlineNanos >= 0;
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
        dropBacklog();
        snapshot(null);
        pieces.clear();
    }

    private String hex() {
        return Long.toHexString(id);
    }
}
