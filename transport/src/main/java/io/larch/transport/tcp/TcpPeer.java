package io.larch.transport.tcp;

import io.larch.transport.TransportCounter;
import io.larch.transport.address.PeerAddress;
import io.larch.transport.address.PeerUrl;
import io.larch.transport.frame.Hello;
import io.larch.transport.frame.OutgoingFrame;
import io.larch.transport.frame.PeerIdentity;
import io.larch.transport.peer.PeerProbe;
import io.larch.transport.peer.PeerSilence;
import io.larch.transport.peer.StreamedPeer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A peer over TCP: its address, the streams to it, and what waits for it. */
final class TcpPeer extends StreamedPeer {
    private static final Logger LOG = LoggerFactory.getLogger(TcpPeer.class);

    /** A snapshot's stream that broke is dialed again so much later. */
    private static final long REDIAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** A peer that calls is there: who has been met for so long without a word is not it. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private final Wires wires;
    private final OutgoingStream control;
    private final OutgoingStream appends;
    private final OutgoingStream snapshots;
    private final PeerSilence silence;
    private String finding = "";
    private Wires.Place place;
    private boolean isTls;
    private long redialNanos;

    /**
     * @param onReady called within the thread's wait when there is something to do.
     */
    TcpPeer(
            final long id,
            final TcpContext context,
            final PeerIdentity identity,
            final OutgoingFrame frame,
            final Wires wires,
            final Runnable onReady) {
        this(
                id,
                context,
                identity,
                frame,
                wires,
                new OutgoingStream(StreamKind.CONTROL, context, identity, id, wires, onReady),
                new OutgoingStream(StreamKind.APPENDS, context, identity, id, wires, onReady),
                new OutgoingStream(StreamKind.SNAPSHOTS, context, identity, id, wires, onReady));
    }

    private TcpPeer(
            final long id,
            final TcpContext context,
            final PeerIdentity identity,
            final OutgoingFrame frame,
            final Wires wires,
            final OutgoingStream control,
            final OutgoingStream appends,
            final OutgoingStream snapshots) {
        super(id, context, identity, frame, control, appends, snapshots);
        this.wires = wires;
        this.control = control;
        this.appends = appends;
        this.snapshots = snapshots;
        final long nowNanos = context.nanoTime().getAsLong();
        silence = new PeerSilence(this, this::probe, counters(), nowNanos);
        redialNanos = nowNanos;
    }

    /** What the attempts to connect have found out is all that can be. */
    private PeerProbe probe(final List<PeerAddress> tried) {
        final String found = finding.isEmpty() ? "nobody at " + tried.get(0) + " answers" : finding;
        return () -> found;
    }

    PeerSilence silence() {
        return silence;
    }

    @Override
    protected void move(final List<PeerUrl> usable, final long nowNanos) {
        final boolean isTlsNow = !usable.isEmpty() && usable.get(0).isTls();
        if (isTlsNow != isTls) {
            // The address may be the same, but not what is spoken there.
            isTls = isTlsNow;
            closeStreams();
            note(nowNanos);
        }
        super.move(usable, nowNanos);
    }

    /** Where it has a URL with TLS, nothing goes without. */
    @Override
    protected List<PeerUrl> usable() {
        final List<PeerUrl> secure = new ArrayList<>();
        final List<PeerUrl> plain = new ArrayList<>();
        for (final String url : urls()) {
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
    public void called(final long nowNanos) {
        if (isBeingMet() && nowNanos - control.sinceNanos() >= PATIENCE_NANOS) {
            closeStreams();
        }
        super.called(nowNanos);
    }

    @Override
    public boolean greet(final Hello hello, final long nowNanos) {
        final boolean isTold = super.greet(hello, nowNanos);
        if (isTold) {
            control.flush(nowNanos);
        }
        return isTold;
    }

    /** Looks after addresses and streams. Cheap when nothing has changed. */
    void advance(final long nowNanos) {
        control.advance(nowNanos);
        appends.advance(nowNanos);
        noteFailure(control.takeFailure(), nowNanos);
        noteFailure(appends.takeFailure(), nowNanos);
        note(nowNanos);
        final PeerAddress before = route().address();
        if (!isBeingMet() && route().advance(nowNanos)) {
            dial(before, nowNanos);
            // Whoever is near may be there already, or not at all.
            control.advance(nowNanos);
            appends.advance(nowNanos);
            noteFailure(control.takeFailure(), nowNanos);
            noteFailure(appends.takeFailure(), nowNanos);
        }
        if (route().hasFailures()) {
            route().takeFailures().forEach(this::found);
        }
        advanceSnapshots(nowNanos);
    }

    /** Whether somebody is there, and it is found out who. */
    private boolean isBeingMet() {
        return !isConnected() && (control.isBeingMet() || appends.isBeingMet());
    }

    private void noteFailure(final String failure, final long nowNanos) {
        if (failure == null) {
            return;
        }
        closeStreams();
        if (isConnected()) {
            finding = failure;
            LOG.info("peer {}: {}", hex(), failure);
        } else {
            found(failure);
            route().failed(nowNanos);
        }
    }

    private void found(final String failure) {
        finding = failure;
        connection().tellOnce(failure);
    }

    private void dial(final PeerAddress before, final long nowNanos) {
        if (!control.isClosed()) {
            counters().increment(TransportCounter.STREAMS_RENEWED);
            finding = "nobody at " + before + " answers";
        }
        if (before != null && !route().address().equals(before)) {
            counters().increment(TransportCounter.ADDRESSES_CHANGED);
            LOG.debug("peer {} may be at {}", hex(), route().address());
        }
        renewed(before);
        final PeerUrl url = route().url();
        place = new Wires.Place(url.host(), url.port(), url.isTls());
        control.dial(route().address(), place, nowNanos);
        appends.dial(route().address(), place, nowNanos);
    }

    private void note(final long nowNanos) {
        noteConnection(nowNanos);
        if (isConnected()) {
            finding = "";
        }
    }

    private void advanceSnapshots(final long nowNanos) {
        if (!snapshot().isUnderWay() || !isConnected()) {
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
            snapshots.dial(address(), place, nowNanos);
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

    @Override
    public boolean sendControl(final OutgoingFrame sealed) {
        if (sealed.length() > control.maxFrameLength()) {
            counters().increment(TransportCounter.REFUSED_TOO_LONG);
            return false;
        }
        return super.sendControl(sealed);
    }

    /**
     * Writes what waits, as far as the sockets take it; what is urgent first.
     *
     * @return whether anything was written.
     */
    boolean flush(final long nowNanos) {
        boolean hasMoved = control.flush(nowNanos) | appends.flush(nowNanos);
        while (push(nowNanos) && appends.flush(nowNanos)) {
            hasMoved = true;
        }
        return snapshots.flush(nowNanos) | hasMoved;
    }

    @Override
    public boolean hasUnsent() {
        return hasQueued() || control.hasUnsent() || appends.hasUnsent();
    }

    /** Moves what is left; whether it is gone: all has left, or the time is up. */
    boolean leave(final long nowNanos) {
        control.advance(nowNanos);
        appends.advance(nowNanos);
        flush(nowNanos);
        note(nowNanos);
        return hasLeft(nowNanos);
    }

    @Override
    public void closeStreams() {
        control.close();
        appends.close();
        snapshots.close();
    }
}
