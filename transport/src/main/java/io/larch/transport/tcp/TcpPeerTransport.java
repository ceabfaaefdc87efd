package io.larch.transport.tcp;

import io.larch.engine.port.PeerContact;
import io.larch.engine.port.PeerHandler;
import io.larch.engine.port.SnapshotSink;
import io.larch.engine.port.SnapshotSource;
import io.larch.engine.raft.MessageType;
import io.larch.engine.raft.RaftMessage;
import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import io.larch.transport.address.PeerUrl;
import io.larch.transport.frame.Hello;
import io.larch.transport.frame.OutgoingFrame;
import io.larch.transport.frame.PeerIdentity;
import io.larch.transport.peer.CompanionTransport;
import io.larch.transport.peer.PeerInbox;
import io.larch.transport.peer.RemotePeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Peers over TCP, with TLS where their URLs say https, without a thread of its own: the engine's
 * thread reads and writes the sockets. Each member dials each other one for what it sends; what
 * comes to its own URLs is {@link #listen listened} for.
 *
 * <p>Sockets are looked into only when they are ready, and timers when they are due.
 */
public final class TcpPeerTransport implements CompanionTransport {
    private static final long FAR_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Handshakes go on elsewhere, and nothing tells of their steps. */
    private static final long SHAKE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final TcpContext context;
    private final TransportCounters counters;
    private final OutgoingFrame frame = new OutgoingFrame();
    private final Wires wires;
    private final Entrance entrance;
    private final List<TcpPeer> leaving = new ArrayList<>();
    private final List<Long> snapshotsToNobody = new ArrayList<>();
    private final Runnable onReady = () -> isReady = true;
    private TcpPeer[] peers = new TcpPeer[0];
    private LongFunction<RemotePeer> elsewhere = peerId -> null;
    private PeerIdentity identity;
    private Hello hello;
    private PeerInbox inbox;

    /** A socket may have something to do, or there may be more of what was read. */
    private boolean isReady;

    private boolean isClosed;
    private long drivenNanos;
    private long nextDriveNanos;
    private long transferId;

    /**
     * @throws IllegalArgumentException when the context is wrong.
     */
    public TcpPeerTransport(final TcpContext context) {
        this.context = context.conclude();
        counters = context.transportCounters();
        wires = new Wires(context.tls());
        entrance = new Entrance(context, counters, wires, onReady);
        drivenNanos = now();
        nextDriveNanos = drivenNanos;
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
            final List<String> peerUrls,
            final SnapshotSink sink) {
        if (identity != null) {
            throw new IllegalStateException("opened twice");
        }
        identity = new PeerIdentity(clusterId, memberId, incarnation);
        hello = new Hello(peerUrls, incarnation);
        inbox =
                new PeerInbox(
                        identity,
                        counters,
                        Objects.requireNonNull(sink, "snapshots"),
                        frame,
                        this::findAnywhere,
                        () -> {});
        entrance.identity(identity, this::called);
        transferId = incarnation << 32;
    }

    /**
     * Opens the sockets at this member's URLs. Before the first {@link #poll}, or by the thread
     * that polls; who comes before {@link #open} waits.
     *
     * @param others takes all connections that are none of members.
     * @throws ListenException when an address cannot be had.
     */
    public void listen(final OtherConnections others) throws ListenException {
        final Set<InetSocketAddress> opened = new HashSet<>();
        for (final PeerUrl url : context.listenAddresses()) {
            try {
                if (opened.add(new InetSocketAddress(url.listenAddress(), url.port()))) {
                    entrance.open(url, others);
                }
            } catch (final IOException e) {
                throw new ListenException(url, e);
            }
        }
        isReady = true;
    }

    /** {@inheritDoc} What it hears is decided by {@link #listen}. */
    @Override
    public void start() {
        if (identity == null) {
            throw new IllegalStateException("not opened");
        }
    }

    @Override
    public boolean isListening() {
        return entrance.isOpen();
    }

    @Override
    public void moved(final List<String> peerUrls) {
        hello = new Hello(peerUrls, identity.incarnation());
    }

    @Override
    public RemotePeer peer(final long peerId) {
        return find(peerId);
    }

    @Override
    public void elsewhere(final LongFunction<RemotePeer> others) {
        elsewhere = others;
    }

    private RemotePeer findAnywhere(final long peerId) {
        final TcpPeer peer = find(peerId);
        return peer == null ? elsewhere.apply(peerId) : peer;
    }

    private TcpPeer find(final long peerId) {
        for (final TcpPeer peer : peers) {
            if (peer.id() == peerId) {
                return peer;
            }
        }
        return null;
    }

    /** A member has come in: it is there. */
    private void called(final long peerId) {
        final RemotePeer peer = findAnywhere(peerId);
        if (peer != null && !peer.isConnected()) {
            peer.called(now());
            nextDriveNanos = now();
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Who is a member was decided elsewhere: a URL that cannot be used is left out with a line
     * in the log rather than refused.
     */
    @Override
    public void connect(final long peerId, final List<String> peerUrls) {
        start();
        if (peerId == identity.memberId()) {
            throw new IllegalArgumentException("a member cannot be its own peer");
        }
        TcpPeer peer = find(peerId);
        if (peer == null) {
            peer = new TcpPeer(peerId, context, identity, frame, wires, onReady);
            peers = Arrays.copyOf(peers, peers.length + 1);
            peers[peers.length - 1] = peer;
        }
        peer.urls(peerUrls, now());
        nextDriveNanos = now();
    }

    @Override
    public void disconnect(final long peerId) {
        final TcpPeer gone = find(peerId);
        if (gone != null) {
            peers = Arrays.stream(peers).filter(each -> each != gone).toArray(TcpPeer[]::new);
            gone.leaveBy(now() + LEAVE_NANOS);
            leaving.add(gone);
        }
    }

    @Override
    public boolean send(final RaftMessage message) {
        final TcpPeer peer = find(message.to());
        if (peer == null) {
            counters.increment(TransportCounter.REFUSED_NOT_CONNECTED);
            return false;
        }
        frame.seal(message, now());
        final MessageType type = message.type();
        return type == MessageType.APPEND || type == MessageType.FORWARD
                ? peer.sendAppend(frame)
                : peer.sendControl(frame);
    }

    @Override
    public int flush() {
        final long nowNanos = now();
        int count = 0;
        for (final TcpPeer peer : peers) {
            count += peer.flush(nowNanos) ? 1 : 0;
        }
        return count;
    }

    @Override
    public int poll(final PeerHandler handler, final int limit) {
        if (identity == null || isClosed) {
            return 0;
        }
        final long nowNanos = now();
        final boolean isDue = nowNanos - nextDriveNanos >= 0;
        final boolean isLookedInto = isReady || context.channelWatch() == null;
        inbox.begin(handler, nowNanos);
        if (isDue || isReady) {
            entrance.accept(nowNanos);
        }
        isReady = false;
        if (isDue || isLookedInto) {
            entrance.meet(nowNanos);
            isReady = entrance.poll(inbox.reader(), limit, nowNanos);
            inbox.answer();
            drive(handler, isDue, nowNanos);
        }
        return inbox.reader().delivered() + moveSnapshots(handler, nowNanos);
    }

    private void drive(final PeerHandler handler, final boolean isDue, final long nowNanos) {
        final boolean wasStalled = nowNanos - drivenNanos >= context.silenceNanos();
        drivenNanos = nowNanos;
        boolean areAllConnected = leaving.isEmpty();
        boolean isAtWork = entrance.isAtWork();
        for (final TcpPeer peer : peers) {
            if (wasStalled) {
                peer.forgive(nowNanos);
            }
            peer.advance(nowNanos);
            areAllConnected &= peer.isConnected();
            isAtWork |= peer.isAtWork();
            lookAfter(peer, handler, nowNanos);
        }
        if (!leaving.isEmpty()) {
            leaving.removeIf(peer -> peer.leave(nowNanos));
        }
        if (isDue) {
            entrance.tidy(nowNanos);
        }
        final long calmNanos = areAllConnected ? context.idleNanos() : context.driveNanos();
        final long wantedNanos = nowNanos + (isAtWork ? SHAKE_NANOS : calmNanos);
        if (isDue || wantedNanos - nextDriveNanos < 0) {
            nextDriveNanos = wantedNanos;
        }
    }

    private void lookAfter(final TcpPeer peer, final PeerHandler handler, final long nowNanos) {
        if (peer.silence().watch(nowNanos)) {
            handler.onSilent(peer.silence().contact(nowNanos));
        }
        if (!hello.isEmpty()) {
            peer.greet(hello, nowNanos);
        }
        if (peer.takeUnreachable()) {
            handler.onUnreachable(peer.id());
        }
    }

    private int moveSnapshots(final PeerHandler handler, final long nowNanos) {
        int workCount = 0;
        for (final TcpPeer peer : peers) {
            workCount += peer.moveSnapshot(handler, nowNanos);
        }
        if (!snapshotsToNobody.isEmpty()) {
            snapshotsToNobody.forEach(handler::onSnapshotFailed);
            snapshotsToNobody.clear();
        }
        if (workCount > 0) {
            flush();
        }
        return workCount;
    }

    @Override
    public void sendSnapshot(final long peerId, final long term, final SnapshotSource source) {
        final TcpPeer peer = find(peerId);
        if (peer == null) {
            source.close();
            snapshotsToNobody.add(peerId);
        } else if (peer.snapshot().begin(source, ++transferId, term, now())) {
            nextDriveNanos = now();
        }
    }

    @Override
    public List<PeerContact> contacts() {
        final List<PeerContact> contacts = new ArrayList<>();
        final long nowNanos = now();
        for (final TcpPeer peer : peers) {
            contacts.add(peer.silence().contact(nowNanos));
        }
        return contacts;
    }

    @Override
    public long nextDeadlineNanos(final long nowNanos) {
        if (peers.length == 0 && leaving.isEmpty() && !entrance.isOpen()) {
            return nowNanos + FAR_NANOS;
        }
        if (isReady) {
            return nowNanos;
        }
        long deadline = nextDriveNanos;
        for (final TcpPeer peer : peers) {
            if (peer.snapshot().isUnderWay() && peer.snapshot().nextNanos() - deadline < 0) {
                deadline = peer.snapshot().nextNanos();
            }
        }
        return deadline;
    }

    private long now() {
        return context.nanoTime().getAsLong();
    }

    @Override
    public void close() {
        flush();
        isClosed = true;
        for (final TcpPeer peer : peers) {
            peer.close();
        }
        leaving.forEach(TcpPeer::close);
        leaving.clear();
        peers = new TcpPeer[0];
        entrance.close();
        wires.close();
    }
}
