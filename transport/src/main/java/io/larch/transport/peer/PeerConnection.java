package io.larch.transport.peer;

import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import io.larch.transport.address.PeerAddress;
import io.larch.transport.address.PeerRoute;
import io.larch.transport.frame.Hello;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a peer hears this member, and what follows when that changes: its route, the log, the
 * counters, and one greeting after the other until the peer speaks. Owned by the thread that drives
 * the transport; reads no clock.
 */
public final class PeerConnection {
    private static final Logger LOG = LoggerFactory.getLogger(PeerConnection.class);

    /** A connection that lasts so long is one to the peer. */
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Distinct reasons told until the peer answers again. */
    private static final int MAX_TOLD = 16;

    private final String peer;
    private final PeerRoute route;
    private final TransportCounters counters;
    private final Set<String> toldFailures = new HashSet<>();
    private boolean isConnected;
    private boolean hasSettled;
    private boolean hasToldUnreachable = true;
    private long connectedNanos;
    private long greetingNanos;

    public PeerConnection(
            final long peerId, final PeerRoute route, final TransportCounters counters) {
        peer = Long.toHexString(peerId);
        this.route = route;
        this.counters = counters;
    }

    public boolean isConnected() {
        return isConnected;
    }

    /**
     * Takes note of how it stands.
     *
     * @return whether the peer was lost now.
     */
    public boolean note(final boolean isConnectedNow, final long nowNanos) {
        if (isConnectedNow && !isConnected) {
            gained(nowNanos);
        } else if (!isConnectedNow && isConnected) {
            lost(route.address());
            route.lost(nowNanos);
            return true;
        } else if (isConnected && !hasSettled && nowNanos - connectedNanos >= SETTLE_NANOS) {
            settled();
        }
        return false;
    }

    private void gained(final long nowNanos) {
        isConnected = true;
        connectedNanos = nowNanos;
        counters.increment(TransportCounter.CONNECTIONS_GAINED);
        hasToldUnreachable = false;
        greetingNanos = nowNanos;
        route.connected();
    }

    /** Whoever hears it is the peer: another member would have refused by now. */
    private void settled() {
        hasSettled = true;
        toldFailures.clear();
        route.settled();
        LOG.info("peer {} is reachable at {}", peer, route.address());
    }

    /** The peer was connected, and is not any more. */
    public void lost(final PeerAddress address) {
        isConnected = false;
        counters.increment(TransportCounter.CONNECTIONS_LOST);
        if (hasSettled) {
            LOG.info("peer {} at {} does not answer", peer, address);
        }
        hasSettled = false;
    }

    /** Whether a connection was lost; told once per loss. */
    public boolean takeUnreachable() {
        final boolean isNews = !isConnected && !hasToldUnreachable;
        hasToldUnreachable |= isNews;
        return isNews;
    }

    /** The peer speaks to this member: it need not be greeted for a while. */
    public void heard(final long nowNanos) {
        greetingNanos = nowNanos + Hello.INTERVAL_NANOS;
    }

    /** Whether the peer is to be told where this member is; asked again only a while later. */
    public boolean takeGreetingDue(final long nowNanos) {
        final boolean isDue = isConnected && nowNanos - greetingNanos >= 0;
        if (isDue) {
            greetingNanos = nowNanos + Hello.INTERVAL_NANOS;
        }
        return isDue;
    }

    /** Tells why the peer is not reached, each reason once until it is. */
    public void tellOnce(final String failure) {
        if (toldFailures.size() < MAX_TOLD && toldFailures.add(failure)) {
            LOG.warn("cannot reach peer {}: {}", peer, failure);
        }
    }
}
