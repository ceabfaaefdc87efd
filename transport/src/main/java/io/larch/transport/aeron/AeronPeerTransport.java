package io.larch.transport.aeron;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Peers over Aeron, without a thread of its own: the engine's thread drives the driver, the client
 * and the streams. Nothing is opened before the first {@link #connect} or {@link #start}.
 *
 * <p>A turn of the driver costs a system call for each socket, so it gets one only when a socket is
 * readable, something is to be sent, or a timer is due.
 */
public final class AeronPeerTransport implements CompanionTransport {
    private static final long FAR_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Turns of the driver in a row, receiving; the window must hold what they bring. */
    private static final int RECEIVE_TURNS = 32;

    /** Turns of the driver in a row, sending. */
    private static final int SEND_TURNS = 512;

    /** After so many without effect the windows are used up: one sends, one hears of new room. */
    private static final int VAIN_TURNS = 2;

    private final AeronContext context;
    private final TransportCounters counters;
    private final OutgoingFrame frame = new OutgoingFrame();
    private final PeerTable peers = new PeerTable();
    private final FragmentReader fragments;
    private final DriverSession session;
    private final List<Long> snapshotsToNobody = new ArrayList<>();

    /** When so much was taken, the driver gets a turn to tell the senders of new room. */
    private final int statusLength;

    private LongFunction<RemotePeer> elsewhere = peerId -> null;
    private PeerIdentity identity;
    private Hello hello;
    private PeerInbox inbox;
    private boolean isStarted;
    private boolean isReadable;
    private boolean isSending;
    private boolean mayHaveArrived;
    private long nextDriveNanos;
    private long transferId;

    /**
     * @throws IllegalArgumentException when the context is wrong; see {@link
     *     AeronContext#conclude}.
     */
    public AeronPeerTransport(final AeronContext context) {
        this.context = context.conclude();
        counters = context.transportCounters();
        fragments = new FragmentReader(counters);
        session = new DriverSession(context, counters, () -> isReadable = true, fragments);
        statusLength = Math.min(context.windowLength(), context.controlTermLength() / 2) / 8;
    }

    /** What was sent, received and dropped. Any thread. */
    public TransportCounters counters() {
        return counters;
    }

    @Override
    public void moved(final List<String> peerUrls) {
        hello = new Hello(peerUrls, identity.incarnation());
    }

    @Override
    public RemotePeer peer(final long peerId) {
        return peers.find(peerId);
    }

    @Override
    public void elsewhere(final LongFunction<RemotePeer> others) {
        elsewhere = others;
    }

    private RemotePeer findAnywhere(final long peerId) {
        final Peer peer = peers.find(peerId);
        return peer == null ? elsewhere.apply(peerId) : peer;
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
                        fragments::onStray);
        fragments.frames(inbox.reader());
        session.advertised(PeerUrl.readable(peerUrls));
        transferId = incarnation << 32;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException when the sockets cannot be opened; the message says why in one
     *     line.
     */
    @Override
    public void start() {
        if (identity == null) {
            throw new IllegalStateException("not opened");
        }
        if (isStarted) {
            return;
        }
        session.launch();
        driveAtOnce();
        isStarted = true;
    }

    private void driveAtOnce() {
        nextDriveNanos = now();
        isReadable = true;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Who is a member was decided elsewhere: a URL that cannot be used (see {@link
     * PeerUrl#parse}) is left out with a line in the log rather than refused.
     *
     * @throws IllegalStateException as {@link #start}.
     */
    @Override
    public void connect(final long peerId, final List<String> peerUrls) {
        start();
        if (peerId == identity.memberId()) {
            throw new IllegalArgumentException("a member cannot be its own peer");
        }
        Peer peer = peers.find(peerId);
        if (peer == null) {
            peer = new Peer(peerId, context, identity, frame);
            peers.add(peer);
        }
        peer.urls(peerUrls, now());
        nextDriveNanos = now();
    }

    @Override
    public void disconnect(final long peerId) {
        final Peer peer = peers.find(peerId);
        if (peer != null) {
            peers.leave(peer, now() + LEAVE_NANOS);
        }
    }

    @Override
    public boolean send(final RaftMessage message) {
        final Peer peer = session.isUp() ? peers.find(message.to()) : null;
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
        if (!session.isUp() || !peers.hasUnsent()) {
            isSending = false;
            return 0;
        }
        return sendUnsent();
    }

    /** Turns of the driver until everything has left or nothing moves any more. */
    private int sendUnsent() {
        int turns = 0;
        int vainTurns = 0;
        peers.push(now());
        long unsent = peers.unsentBytes();
        while (unsent > 0 && vainTurns < VAIN_TURNS && turns < SEND_TURNS) {
            session.driver().invoke();
            final boolean hasLeft = peers.unsentBytes() < unsent;
            vainTurns = peers.push(now()) || hasLeft ? 0 : vainTurns + 1;
            unsent = peers.unsentBytes();
            turns++;
        }
        isSending = unsent > 0 && vainTurns < VAIN_TURNS;
        mayHaveArrived |= turns > 0;
        return turns;
    }

    @Override
    public int poll(final PeerHandler handler, final int limit) {
        if (!isStarted) {
            return 0;
        }
        final long nowNanos = now();
        if (!session.isUp() && !restart(nowNanos)) {
            return 0;
        }
        int workCount = 0;
        if (isReadable || isSending || context.channelWatch() == null || isDue(nowNanos)) {
            drive(handler, nowNanos);
        }
        if (mayHaveArrived) {
            workCount += deliver(handler, limit, nowNanos);
        }
        if (session.isUp()) {
            workCount += moveSnapshots(handler, nowNanos);
        }
        return workCount;
    }

    private boolean restart(final long nowNanos) {
        final boolean isUp = session.relaunch(nowNanos);
        if (isUp) {
            driveAtOnce();
        }
        return isUp;
    }

    private boolean isDue(final long nowNanos) {
        return nowNanos - nextDriveNanos >= 0;
    }

    private void drive(final PeerHandler handler, final long nowNanos) {
        final EmbeddedDriver driver = session.driver();
        nextDriveNanos = nowNanos + context.driveNanos();
        driver.countInto(counters, nowNanos);
        int turns = 0;
        while (driver.invoke() > 0 && ++turns < RECEIVE_TURNS) {
            mayHaveArrived = true;
        }
        mayHaveArrived = true;
        isReadable = turns == RECEIVE_TURNS;
        if (driver.isLost() || peers.isLost()) {
            shut();
            session.giveUp(nowNanos);
            return;
        }
        session.subscriptions().follow(nowNanos);
        if (peers.hasUnsent()) {
            sendUnsent();
        }
        for (final Peer peer : peers.connected()) {
            lookAfter(peer, handler, nowNanos);
        }
        peers.removeLeft(nowNanos);
    }

    private void lookAfter(final Peer peer, final PeerHandler handler, final long nowNanos) {
        peer.advance(session.driver(), nowNanos);
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

    private int deliver(final PeerHandler handler, final int limit, final long nowNanos) {
        final long bytesBefore = counters.get(TransportCounter.BYTES_RECEIVED);
        inbox.begin(handler, nowNanos);
        mayHaveArrived = session.subscriptions().poll(fragments, limit);
        if (counters.get(TransportCounter.BYTES_RECEIVED) - bytesBefore > statusLength) {
            isReadable = true;
        }
        mayHaveArrived |= fragments.refuseStray();
        inbox.answer();
        return fragments.delivered();
    }

    private int moveSnapshots(final PeerHandler handler, final long nowNanos) {
        int workCount = 0;
        for (final Peer peer : peers.connected()) {
            workCount += peer.moveSnapshot(handler, nowNanos);
        }
        if (!snapshotsToNobody.isEmpty()) {
            snapshotsToNobody.forEach(handler::onSnapshotFailed);
            snapshotsToNobody.clear();
        }
        if (workCount > 0) {
            sendUnsent();
        }
        return workCount;
    }

    @Override
    public void sendSnapshot(final long peerId, final long term, final SnapshotSource source) {
        final Peer peer = peers.find(peerId);
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
        for (final Peer peer : peers.connected()) {
            contacts.add(peer.silence().contact(nowNanos));
        }
        return contacts;
    }

    @Override
    public long nextDeadlineNanos(final long nowNanos) {
        if (!isStarted) {
            return nowNanos + FAR_NANOS;
        }
        if (!session.isUp()) {
            return session.nextStartNanos();
        }
        if (isReadable || isSending || mayHaveArrived) {
            return nowNanos;
        }
        long deadline = nextDriveNanos;
        for (final Peer peer : peers.connected()) {
            if (peer.snapshot().isUnderWay() && peer.snapshot().nextNanos() - deadline < 0) {
                deadline = peer.snapshot().nextNanos();
            }
        }
        return deadline;
    }

    /** Everything that hangs on the driver ends; the peers stay. */
    private void shut() {
        peers.closeStreams();
        fragments.forgetStreams();
        isReadable = false;
        isSending = false;
        mayHaveArrived = false;
    }

    /** As if the driver had got no turn for too long; for tests. */
    void loseDriver() {
        session.driver().loseClient();
    }

    private long now() {
        return context.nanoTime().getAsLong();
    }

    @Override
    public void close() {
        if (session.isUp() && peers.hasUnsent()) {
            sendUnsent();
        }
        shut();
        peers.close();
        isStarted = false;
        session.close();
    }
}
