package io.larch.transport.tcp;

import io.larch.transport.TransportCounters;
import io.larch.transport.address.PeerUrl;
import io.larch.transport.peer.TransportContext;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.status.CountersManager;

/**
 * What a {@link TcpPeerTransport} is told: set once, {@link #conclude concluded}, then only read.
 * Lengths are in bytes, times in nanoseconds.
 */
public final class TcpContext extends TransportContext<TcpContext> {
    private static final long RECONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private List<String> listenUrls = List.of();
    private List<PeerUrl> listenAddresses = List.of();
    private TlsEngines tls;
    private long meetingNanos = TimeUnit.SECONDS.toNanos(10);
    private long silenceNanos = TimeUnit.SECONDS.toNanos(1);
    private long driveNanos = TimeUnit.MILLISECONDS.toNanos(20);
    private long idleNanos = TimeUnit.MILLISECONDS.toNanos(100);
    private int maxUndecided = 64;

    public TcpContext() {
        super(RECONNECT_NANOS);
    }

    /** Where the transport's counters are made; null for counters that nobody else sees. */
    public TcpContext counters(final CountersManager counters) {
        return transportCounters(new TransportCounters(counters));
    }

    @Override
    protected TcpContext self() {
        return this;
    }

    /** Where to hear peers and those who want their pages; may be empty. */
    public TcpContext listenUrls(final List<String> listenUrls) {
        this.listenUrls = List.copyOf(listenUrls);
        return this;
    }

    /** The checked {@link #listenUrls}. */
    List<PeerUrl> listenAddresses() {
        return listenAddresses;
    }

    /** For https URLs; null: peers that have only such cannot be reached. */
    public TcpContext tls(final TlsEngines tls) {
        this.tls = tls;
        return this;
    }

    TlsEngines tls() {
        return tls;
    }

    /** Who takes a connection has so long to say who it is, both ways. */
    public TcpContext meetingNanos(final long meetingNanos) {
        this.meetingNanos = meetingNanos;
        return this;
    }

    long meetingNanos() {
        return meetingNanos;
    }

    /** A connection on which nobody acknowledges anything for so long is broken. */
    public TcpContext silenceNanos(final long silenceNanos) {
        this.silenceNanos = silenceNanos;
        return this;
    }

    long silenceNanos() {
        return silenceNanos;
    }

    /** Timers are looked at so often while a peer is not connected ... */
    @Override
    public long driveNanos() {
        return driveNanos;
    }

    /** ... and so often while all are. */
    long idleNanos() {
        return idleNanos;
    }

    /** Connections of which it is not yet known whose they are, at once. */
    TcpContext maxUndecided(final int maxUndecided) {
        this.maxUndecided = maxUndecided;
        return this;
    }

    int maxUndecided() {
        return maxUndecided;
    }

    /**
     * Fills in defaults and checks.
     *
     * @throws IllegalArgumentException naming the flag or property and the value found.
     */
    TcpContext conclude() {
        listenAddresses =
                listenUrls.stream().map(url -> PeerUrl.parse("--listen-peer-urls", url)).toList();
        for (final String url : listenUrls) {
            if (tls == null && PeerUrl.parse("--listen-peer-urls", url).isTls()) {
                PeerUrl.parsePlain("--listen-peer-urls", url);
            }
        }
        concludeShared();
        check(meetingNanos > 0, "meetingNanos must be positive", meetingNanos);
        check(silenceNanos > 0, "silenceNanos must be positive", silenceNanos);
        return this;
    }
}
