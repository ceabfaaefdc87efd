package io.larch.transport.peer;

import io.larch.engine.port.PeerContact;
import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import io.larch.transport.address.PeerAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Notices that a peer does not answer, finds out what can be found out about it, and has that told:
 * soon, again when something else is found, then more and more seldom. Owned by the thread that
 * drives the transport; reads no clock.
 */
public final class PeerSilence {
    /** Members that are started one after the other need not hear of it. */
    public static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long SHORTEST_REST_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LONGEST_REST_NANOS = TimeUnit.MINUTES.toNanos(30);
    private static final long PROBE_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A connection that lasts so long is one: others may answer at an address of the peer. */
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** So many of the addresses that were tried are looked at by TCP. */
    private static final int MAX_ADDRESSES = 4;

    /** A network that fails now in this way, now in that, is no news each time. */
    private static final int MAX_FINDINGS = 8;

    private final RemotePeer peer;
    private final PeerProbe.Starter probes;
    private final TransportCounters counters;
    private final Set<PeerAddress> tried = new LinkedHashSet<>();

    /** Findings, each told when it is new. */
    private final Set<String> told = new HashSet<>();

    private PeerProbe probe;
    private String finding = "";
    private boolean isAnswering;
    private boolean hasAnswered;
    private boolean isConnected;
    private long sinceNanos;
    private long connectedNanos;
    private long nextProbeNanos;
    private long nextTellNanos;
    private long restNanos;

    /**
     * @param probes how to look at a peer that does not answer.
     */
    public PeerSilence(
            final RemotePeer peer,
            final PeerProbe.Starter probes,
            final TransportCounters counters,
            final long nowNanos) {
        this.peer = peer;
        this.probes = probes;
        this.counters = counters;
        begin(nowNanos);
    }

    private void begin(final long nowNanos) {
        isAnswering = false;
        sinceNanos = nowNanos;
        nextProbeNanos = nowNanos + FIRST_NANOS;
        nextTellNanos = nextProbeNanos;
        restNanos = SHORTEST_REST_NANOS;
        finding = "";
        told.clear();
        probe = null;
        tried.clear();
    }

    private void end() {
        isAnswering = true;
        hasAnswered = true;
        sinceNanos = connectedNanos;
        finding = "";
    }

    /**
     * Looks at the peer. Cheap while it answers.
     *
     * @return whether its silence is to be told of, which is seldom: {@link #contact}.
     */
    public boolean watch(final long nowNanos) {
        noteConnection(nowNanos);
        if (isAnswering) {
            return false;
        }
        final PeerAddress address = peer.address();
        if (address != null && tried.size() < MAX_ADDRESSES) {
            tried.add(address);
        }
        if (probe != null) {
            return probe.finding() != null && found(probe.finding(), nowNanos);
        }
        if (nowNanos - nextProbeNanos < 0) {
            return false;
        }
        if (tried.isEmpty()) {
            return found("no address of it is known", nowNanos);
        }
        probe = probes.start(new ArrayList<>(tried));
        return false;
    }

    private void noteConnection(final long nowNanos) {
        if (peer.isConnected()) {
            if (!isConnected) {
                isConnected = true;
                connectedNanos = nowNanos;
            } else if (!isAnswering && nowNanos - connectedNanos >= SETTLE_NANOS) {
                end();
            }
        } else {
            isConnected = false;
            if (isAnswering) {
                begin(nowNanos);
            }
        }
    }

    private boolean found(final String text, final long nowNanos) {
        finding = text;
        probe = null;
        nextProbeNanos = nowNanos + PROBE_INTERVAL_NANOS;
        return isToBeTold(nowNanos);
    }

    private boolean isToBeTold(final long nowNanos) {
        final boolean isDue = nowNanos - nextTellNanos >= 0;
        final boolean isNews = told.size() < MAX_FINDINGS && told.add(finding);
        if (!isDue && !isNews) {
            return false;
        }
        if (isDue) {
            nextTellNanos = nowNanos + restNanos;
            restNanos = Math.min(2 * restNanos, LONGEST_REST_NANOS);
        }
        counters.increment(TransportCounter.SILENCES_TOLD);
        return true;
    }

    /** As it stands now. */
    public PeerContact contact(final long nowNanos) {
        return new PeerContact(
                peer.id(),
                peer.urls(),
                peer.address() == null ? "" : peer.address().toString(),
                isAnswering,
                hasAnswered,
                nowNanos - sinceNanos,
                finding);
    }
}
