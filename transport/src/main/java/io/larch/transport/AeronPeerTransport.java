package io.larch.transport;

import io.aeron.Image;
import io.aeron.exceptions.RegistrationException;
import io.larch.engine.port.PeerContact;
import io.larch.engine.port.PeerHandler;
import io.larch.engine.port.PeerTransport;
import io.larch.engine.port.SnapshotSink;
import io.larch.engine.port.SnapshotSource;
import io.larch.engine.raft.MessageType;
import io.larch.engine.raft.RaftMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.collections.LongHashSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Peers over Aeron, without a thread of its own: the engine's thread drives the driver, the client
 * and the streams. Nothing is opened before the first {@link #connect} or {@link #start}.
 *
 * <p>A turn of the driver costs a system call for each socket, so it gets one only when a socket is
 * readable, something is to be sent, or a timer is due.
 */
public final class AeronPeerTransport implements PeerTransport {
    private static final Logger LOG = LoggerFactory.getLogger(AeronPeerTransport.class);
    private static final long FAR_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RESTART_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Turns of the driver in a row, receiving; the window must hold what they bring. */
    private static final int RECEIVE_TURNS = 32;

    /** Turns of the driver in a row, sending. */
    private static final int SEND_TURNS = 512;

    /** Of so many that cannot be answered the engine is told in {@link Hello#INTERVAL_NANOS}. */
    private static final int MAX_STRANGERS = 16;

    /** Streams remembered as refused; refusing one again does no harm. */
    private static final int MAX_REFUSED = 64;

    /** After so many without effect the windows are used up: one sends, one hears of new room. */
    private static final int VAIN_TURNS = 2;

    private final AeronContext context;
    private final TransportCounters counters = new TransportCounters();
    private final OutgoingFrame frame = new OutgoingFrame();
    private final List<Peer> leaving = new ArrayList<>();
    private final List<Long> snapshotsToNobody = new ArrayList<>();
    private final LongHashSet refused = new LongHashSet();
    private final Runnable onReadable = this::onReadable;

    /** When so much was taken, the driver gets a turn to tell the senders of new room. */
    private final int statusLength;

    private Peer[] peers = new Peer[0];
    private PeerIdentity identity;
    private Hello hello;
    private SnapshotReceiver snapshots;
    private PeerMessageAdapter adapter;
    private PeerHandler listener;
    private DriverDirectory directory;
    private EmbeddedDriver driver;
    private List<PeerUrl> advertised = List.of();
    private ListenAddresses addresses;
    private PeerSubscriptions subscriptions;
    private String lastError;
    private boolean isStarted;
    private boolean isReadable;
    private boolean isSending;
    private boolean mayHaveArrived;
    private long nextDriveNanos;
    private long nextStartNanos;
    private long deliveryNanos;
    private long strangersNanos;
    private int strangersLeft = MAX_STRANGERS;
    private long transferId;

    /**
     * @throws IllegalArgumentException when the context is wrong; see {@link
     *     AeronContext#conclude}.
     */
    public AeronPeerTransport(final AeronContext context) {
        this.context = context.conclude();
        statusLength = Math.min(context.windowLength(), context.controlTermLength() / 2) / 8;
    }

    /**
     * Checks URLs that {@link #connect} will be called with.
     *
     * @param where the flag or field they come from, for the message.
     * @throws IllegalArgumentException when one of them is not {@code http://host:port}.
     */
    public static void checkPeerUrls(final String where, final List<String> peerUrls) {
        peerUrls.forEach(url -> PeerUrl.parse(where, url));
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
        snapshots = new SnapshotReceiver(Objects.requireNonNull(sink, "snapshots"), counters);
        adapter = new PeerMessageAdapter(identity, counters, this::onHeard, this::onPart);
        hello = new Hello(peerUrls, incarnation);
        advertised = PeerUrl.readable(peerUrls);
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
        launch();
        isStarted = true;
    }

    private void launch() {
        try {
            if (addresses == null) {
                addresses = ListenAddresses.open(context, advertised);
            }
            addresses.checkFree();
            if (directory == null) {
                directory = DriverDirectory.take(context);
            }
            driver =
                    EmbeddedDriver.launch(
                            context, directory.driverPath(), onReadable, this::onDriverError);
            subscriptions = new PeerSubscriptions(driver, addresses, adapter);
        } catch (final IOException e) {
            throw new IllegalStateException("cannot buffer peer messages: " + e.getMessage(), e);
        } catch (final RuntimeException e) {
            shut();
            throw e;
        }
        nextDriveNanos = now();
        isReadable = true;
    }

    private void onReadable() {
        isReadable = true;
    }

    private void onDriverError(final Throwable error) {
        counters.increment(TransportCounter.DRIVER_ERRORS);
        final String text = String.valueOf(error.getMessage());
        if (!text.equals(lastError)) {
            lastError = text;
            LOG.debug("the driver reports: {}", text);
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Who is a member was decided elsewhere: a URL that cannot be used (see {@link
     * #checkPeerUrls}) is left out with a line in the log rather than refused.
     *
     * @throws IllegalStateException as {@link #start}.
     */
    @Override
    public void connect(final long peerId, final List<String> peerUrls) {
        start();
        if (peerId == identity.memberId()) {
            throw new IllegalArgumentException("a member cannot be its own peer");
        }
        Peer peer = peer(peerId);
        if (peer == null) {
            peer = new Peer(peerId, context, identity, counters, frame);
            final Peer[] more = java.util.Arrays.copyOf(peers, peers.length + 1);
            more[peers.length] = peer;
            peers = more;
        }
        peer.urls(peerUrls, now());
        nextDriveNanos = now();
    }

    @Override
    public void disconnect(final long peerId) {
        final Peer peer = peer(peerId);
        if (peer == null) {
            return;
        }
        final List<Peer> rest = new ArrayList<>(List.of(peers));
        rest.remove(peer);
        peers = rest.toArray(new Peer[0]);
        peer.leaveBy(now() + LEAVE_NANOS);
        leaving.add(peer);
    }

    @Override
    public boolean send(final RaftMessage message) {
        final Peer peer = driver == null ? null : peer(message.to());
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

    private Peer peer(final long peerId) {
        for (final Peer peer : peers) {
            if (peer.id() == peerId) {
                return peer;
            }
        }
        return null;
    }

    @Override
    public int flush() {
        if (driver == null || !hasUnsent()) {
            isSending = false;
            return 0;
        }
        return sendUnsent();
    }

    private boolean hasUnsent() {
        for (final Peer peer : peers) {
            if (peer.hasUnsent()) {
                return true;
            }
        }
        return !leaving.isEmpty() && leaving.stream().anyMatch(Peer::hasUnsent);
    }

    /** Turns of the driver until everything has left or nothing moves any more. */
    private int sendUnsent() {
        int turns = 0;
        int vainTurns = 0;
        push();
        long unsent = unsentBytes();
        while (unsent > 0 && vainTurns < VAIN_TURNS && turns < SEND_TURNS) {
            driver.invoke();
            final boolean hasLeft = unsentBytes() < unsent;
            vainTurns = push() || hasLeft ? 0 : vainTurns + 1;
            unsent = unsentBytes();
            turns++;
        }
        isSending = unsent > 0 && vainTurns < VAIN_TURNS;
        mayHaveArrived |= turns > 0;
        return turns;
    }

    /**
     * Fills the streams from what waits.
     *
     * @return whether anything was moved.
     */
    private boolean push() {
        final long nowNanos = now();
        boolean hasMoved = false;
        for (final Peer peer : peers) {
            hasMoved |= peer.push(nowNanos);
        }
        for (int i = 0; i < leaving.size(); i++) {
            hasMoved |= leaving.get(i).push(nowNanos);
        }
        return hasMoved;
    }

    private long unsentBytes() {
        long bytes = 0;
        for (final Peer peer : peers) {
            bytes += peer.unsentBytes();
        }
        for (int i = 0; i < leaving.size(); i++) {
            bytes += leaving.get(i).unsentBytes();
        }
        return bytes;
    }

    @Override
    public int poll(final PeerHandler handler, final int limit) {
        if (!isStarted) {
            return 0;
        }
        final long nowNanos = now();
        if (driver == null && !restart(nowNanos)) {
            return 0;
        }
        int workCount = 0;
        if (isReadable || isSending || context.channelWatch() == null || isDue(nowNanos)) {
            drive(handler, nowNanos);
        }
        if (mayHaveArrived) {
            workCount += deliver(handler, limit, nowNanos);
        }
        if (driver != null) {
            workCount += moveSnapshots(handler, nowNanos);
        }
        return workCount;
    }

    private boolean isDue(final long nowNanos) {
        return nowNanos - nextDriveNanos >= 0;
    }

    private void drive(final PeerHandler handler, final long nowNanos) {
        nextDriveNanos = nowNanos + context.driveNanos();
        driver.countInto(counters, nowNanos);
        int turns = 0;
        while (driver.invoke() > 0 && ++turns < RECEIVE_TURNS) {
            mayHaveArrived = true;
        }
        mayHaveArrived = true;
        isReadable = turns == RECEIVE_TURNS;
        if (isLost()) {
            giveUpDriver(nowNanos);
            return;
        }
        subscriptions.follow(nowNanos);
        if (hasUnsent()) {
            sendUnsent();
        }
        for (final Peer peer : peers) {
            peer.advance(driver, nowNanos);
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
        if (!leaving.isEmpty()) {
            leaving.removeIf(peer -> peer.hasLeft(nowNanos));
        }
    }

    private boolean isLost() {
        if (driver.isLost()) {
            return true;
        }
        for (final Peer peer : peers) {
            if (peer.isLost()) {
                return true;
            }
        }
        return false;
    }

    private int deliver(final PeerHandler handler, final int limit, final long nowNanos) {
        listener = handler;
        deliveryNanos = nowNanos;
        final long bytesBefore = counters.get(TransportCounter.BYTES_RECEIVED);
        adapter.begin(handler);
        mayHaveArrived = subscriptions.poll(adapter, limit);
        if (counters.get(TransportCounter.BYTES_RECEIVED) - bytesBefore > statusLength) {
            isReadable = true;
        }
        refuseStray();
        if (snapshots.owesAnswer()) {
            snapshots.answer(this::sendAnswer);
        }
        return adapter.delivered();
    }

    /**
     * Whoever sends a stream takes it for heard by the peer; only a refusal makes it look for the
     * peer elsewhere.
     */
    private void refuseStray() {
        final Image stray = adapter.takeStray();
        if (stray == null || stray.isClosed() || !refused.add(stray.correlationId())) {
            return;
        }
        if (refused.size() > MAX_REFUSED) {
            refused.clear();
        }
        counters.increment(TransportCounter.STREAMS_REFUSED);
        mayHaveArrived = true;
        try {
            stray.reject("meant for another member");
        } catch (final RegistrationException e) {
            LOG.debug("a stream has ended before it was refused: {}", e.getMessage());
        }
    }

    private boolean sendAnswer(
            final long to,
            final PartKind kind,
            final long id,
            final long position,
            final long total) {
        final Peer peer = peer(to);
        if (peer == null) {
            return false;
        }
        PartFlyweight.encode(frame.partHeader(), kind, id, position, total, 0);
        return peer.sendControl(frame.sealPart(identity, to, now(), frame.partHeader(), 0, 0));
    }

    private void onHeard(final long from) {
        final Peer peer = peer(from);
        if (peer != null) {
            peer.heard(deliveryNanos);
        }
    }

    /**
     * Of interest only when the sender cannot be answered: then it is tried anew, and the engine
     * may connect it. A flood of these costs no more than a few of them.
     */
    private void onHello(final Peer peer, final PartFlyweight part) {
        if (peer != null && peer.isConnected()) {
            return;
        }
        if (peer != null) {
            peer.called(deliveryNanos);
        }
        if (deliveryNanos - strangersNanos >= Hello.INTERVAL_NANOS) {
            strangersNanos = deliveryNanos;
            strangersLeft = MAX_STRANGERS;
        }
        if (strangersLeft == 0) {
            return;
        }
        strangersLeft--;
        final List<String> urls = Hello.urls(part);
        if (!urls.isEmpty() && (peer == null || !peer.isAt(urls))) {
            counters.increment(TransportCounter.STRANGERS_TOLD);
            listener.onStranger(part.from(), urls);
        }
    }

    private void onPart(final PartFlyweight part) {
        final Peer peer = peer(part.from());
        switch (part.kind()) {
            case PIECE -> onPiece(peer, part);
            case OFFER -> snapshots.onOffer(part);
            case CHUNK -> snapshots.onChunk(part);
            case HELLO -> onHello(peer, part);
            case POSITION, REFUSED, UNKNOWN -> {
                if (peer != null && peer.snapshot() != null) {
                    peer.snapshot().onAnswer(part, now());
                }
            }
        }
    }

    private void onPiece(final Peer peer, final PartFlyweight piece) {
        if (peer == null || !peer.pieces().add(piece)) {
            counters.increment(TransportCounter.DROPPED_PIECES);
        } else if (peer.pieces().isComplete()) {
            final PieceAssembler pieces = peer.pieces();
            adapter.onAssembled(pieces.message(), pieces.length());
            pieces.clear();
        }
    }

    private int moveSnapshots(final PeerHandler handler, final long nowNanos) {
        int workCount = 0;
        for (final Peer peer : peers) {
            final SnapshotSender sender = peer.snapshot();
            if (sender != null) {
                workCount +=
                        sender.send(peer.snapshotStream(), frame, identity, peer.id(), nowNanos);
                tellOf(peer, sender, handler);
            }
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

    private void tellOf(final Peer peer, final SnapshotSender sender, final PeerHandler handler) {
        if (sender.takeProgress()) {
            handler.onSnapshotProgress(peer.id());
        }
        if (sender.isSent()) {
            counters.increment(TransportCounter.SNAPSHOTS_SENT);
            peer.snapshot(null);
        } else if (sender.isFailed()) {
            counters.increment(TransportCounter.SNAPSHOTS_FAILED);
            peer.snapshot(null);
            handler.onSnapshotFailed(peer.id());
        }
    }

    @Override
    public void sendSnapshot(final long peerId, final long term, final SnapshotSource source) {
        final Peer peer = peer(peerId);
        if (peer == null) {
            source.close();
            snapshotsToNobody.add(peerId);
            return;
        }
        if (peer.snapshot() != null && peer.snapshot().isSame(term, source)) {
            source.close();
            return;
        }
        counters.increment(TransportCounter.SNAPSHOTS_STARTED);
        peer.snapshot(new SnapshotSender(source, ++transferId, term, context, counters, now()));
        nextDriveNanos = now();
    }

    @Override
    public List<PeerContact> contacts() {
        final List<PeerContact> contacts = new ArrayList<>();
        final long nowNanos = now();
        for (final Peer peer : peers) {
            contacts.add(peer.silence().contact(nowNanos));
        }
        return contacts;
    }

    @Override
    public long nextDeadlineNanos() {
        final long nowNanos = now();
        if (!isStarted) {
            return nowNanos + FAR_NANOS;
        }
        if (driver == null) {
            return nextStartNanos;
        }
        if (isReadable || isSending || mayHaveArrived) {
            return nowNanos;
        }
        long deadline = nextDriveNanos;
        for (final Peer peer : peers) {
            if (peer.snapshot() != null && peer.snapshot().nextNanos() - deadline < 0) {
                deadline = peer.snapshot().nextNanos();
            }
        }
        return deadline;
    }

    /** Driver and client are gone: new ones take their place as soon as they can. */
    private void giveUpDriver(final long nowNanos) {
        LOG.warn("lost the connection to peers after a stall; connecting anew");
        counters.increment(TransportCounter.DRIVERS_REPLACED);
        shut();
        nextStartNanos = nowNanos;
    }

    private boolean restart(final long nowNanos) {
        if (nowNanos - nextStartNanos < 0) {
            return false;
        }
        try {
            launch();
            return true;
        } catch (final RuntimeException e) {
            nextStartNanos = nowNanos + RESTART_NANOS;
            onRestartFailure(e);
            return false;
        }
    }

    private void onRestartFailure(final RuntimeException failure) {
        final String text = String.valueOf(failure.getMessage());
        if (!text.equals(lastError)) {
            lastError = text;
            LOG.error("cannot reach peers: {}", text);
        }
    }

    /** Closes the driver, and everything that hangs on it; the peers stay. */
    private void shut() {
        for (final Peer peer : peers) {
            peer.closeStreams();
        }
        leaving.forEach(Peer::close);
        leaving.clear();
        CloseHelper.quietClose(driver);
        driver = null;
        subscriptions = null;
        refused.clear();
        isReadable = false;
        isSending = false;
        mayHaveArrived = false;
    }

    /** As if the driver had got no turn for too long; for tests. */
    void loseDriver() {
        driver.loseClient();
    }

    private long now() {
        return context.nanoTime().getAsLong();
    }

    @Override
    public void close() {
        if (driver != null && hasUnsent()) {
            sendUnsent();
        }
        shut();
        for (final Peer peer : peers) {
            peer.close();
        }
        peers = new Peer[0];
        isStarted = false;
        CloseHelper.quietClose(addresses);
        addresses = null;
        CloseHelper.quietClose(directory);
        directory = null;
    }
}
