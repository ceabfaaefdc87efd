package io.larch.transport.aeron;

import io.aeron.exceptions.RegistrationException;
import io.larch.transport.TransportCounter;
import io.larch.transport.address.PeerAddress;
import io.larch.transport.address.PeerUrl;
import io.larch.transport.frame.OutgoingFrame;
import io.larch.transport.frame.PeerIdentity;
import io.larch.transport.peer.PeerSilence;
import io.larch.transport.peer.StreamedPeer;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A peer over Aeron: its address, the streams to it, and what waits for it. */
final class Peer extends StreamedPeer {
    private static final Logger LOG = LoggerFactory.getLogger(Peer.class);

    private final AeronContext context;
    private final PeerStream control;
    private final PeerStream appends;
    private final PeerStream snapshots;
    private final PeerSilence silence;
    private String channel;

    Peer(
            final long id,
            final AeronContext context,
            final PeerIdentity identity,
            final OutgoingFrame frame) {
        this(
                id,
                context,
                identity,
                frame,
                new PeerStream(PeerStream.CONTROL, context.controlTermLength()),
                new PeerStream(PeerStream.APPENDS, context.appendTermLength()),
                new PeerStream(PeerStream.SNAPSHOTS, context.snapshotTermLength()));
    }

    private Peer(
            final long id,
            final AeronContext context,
            final PeerIdentity identity,
            final OutgoingFrame frame,
            final PeerStream control,
            final PeerStream appends,
            final PeerStream snapshots) {
        super(id, context, identity, frame, control, appends, snapshots);
        this.context = context;
        this.control = control;
        this.appends = appends;
        this.snapshots = snapshots;
        silence =
                new PeerSilence(
                        this,
                        addresses -> TcpProbe.start(addresses, identity.clusterId()),
                        counters(),
                        context.nanoTime().getAsLong());
    }

    PeerSilence silence() {
        return silence;
    }

    @Override
    protected List<PeerUrl> usable() {
        final List<PeerUrl> usable = new ArrayList<>();
        for (final String url : urls()) {
            try {
                usable.add(PeerUrl.parsePlain("peer " + hex(), url));
            } catch (final IllegalArgumentException e) {
                LOG.error("{}", e.getMessage());
            }
        }
        return List.copyOf(usable);
    }

    /** Looks after addresses and streams. Cheap when nothing has changed. */
    void advance(final EmbeddedDriver driver, final long nowNanos) {
        final PeerAddress before = route().address();
        if (route().advance(nowNanos)) {
            renewStreams(before);
        }
        if (route().hasFailures()) {
            route().takeFailures().forEach(connection()::tellOnce);
        }
        openStreams(driver, nowNanos);
        noteConnection(nowNanos);
    }

    /** Those of before may lead nowhere, whatever their address: others take their place. */
    private void renewStreams(final PeerAddress before) {
        if (!control.isOpen()) {
            return;
        }
        counters().increment(TransportCounter.STREAMS_RENEWED);
        if (!address().equals(before)) {
            counters().increment(TransportCounter.ADDRESSES_CHANGED);
            LOG.debug("peer {} may be at {}", hex(), address());
        }
        renewed(before);
    }

    private void openStreams(final EmbeddedDriver driver, final long nowNanos) {
        if (address() == null) {
            return;
        }
        try {
            if (!control.isOpen()) {
                channel = channel(address(), driver.client().nextCorrelationId());
            }
            openOrAdvance(control, driver);
            openOrAdvance(appends, driver);
            if (snapshot().isUnderWay()) {
                openOrAdvance(snapshots, driver);
            } else if (snapshots.isOpen()) {
                snapshots.close();
            }
        } catch (final RegistrationException e) {
            closeStreams();
            route().refused(nowNanos);
            connection().tellOnce(ListenFailure.reason(e));
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

    /** Bytes in the streams that the driver has not sent. */
    long unsentBytes() {
        return control.unsentBytes() + appends.unsentBytes() + snapshots.unsentBytes();
    }

    @Override
    public boolean hasUnsent() {
        return hasQueued() || unsentBytes() > 0;
    }

    /** Whether the driver closed a stream by itself. */
    boolean isLost() {
        return control.isLost() || appends.isLost() || snapshots.isLost();
    }

    @Override
    public void closeStreams() {
        control.close();
        appends.close();
        snapshots.close();
    }
}
