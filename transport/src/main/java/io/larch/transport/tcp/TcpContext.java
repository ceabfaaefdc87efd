package io.larch.transport.tcp;

import io.larch.transport.ChannelWatch;
import io.larch.transport.TransportCounters;
import io.larch.transport.address.HostResolver;
import io.larch.transport.address.PeerUrl;
import io.larch.transport.frame.PieceAssembler;
import io.larch.transport.frame.SnapshotPace;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.agrona.concurrent.status.CountersManager;

/**
 * What a {@link TcpPeerTransport} is told: set once, {@link #conclude concluded}, then only read.
 * Lengths are in bytes, times in nanoseconds.
 */
public final class TcpContext {
    private List<String> listenUrls = List.of();
    private List<PeerUrl> listenAddresses = List.of();
    private TlsEngines tls;
    private ChannelWatch channelWatch;
    private LongSupplier nanoTime = System::nanoTime;
    private HostResolver hostResolver = InetAddress::getAllByName;
    private CountersManager counters;
    private TransportCounters transportCounters;
    private int backlogLength = 32 << 20;
    private long snapshotBytesPerSecond = 64L << 20;
    private long snapshotStallNanos = TimeUnit.SECONDS.toNanos(5);
    private long reconnectNanos = TimeUnit.MILLISECONDS.toNanos(400);
    private long meetingNanos = TimeUnit.SECONDS.toNanos(10);
    private long silenceNanos = TimeUnit.SECONDS.toNanos(1);
    private long driveNanos = TimeUnit.MILLISECONDS.toNanos(20);
    private long idleNanos = TimeUnit.MILLISECONDS.toNanos(100);
    private int maxUndecided = 64;

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

    /**
     * Tells when sockets are ready. Without one, every poll looks into the sockets, and nothing
     * ends a wait.
     */
    public TcpContext channelWatch(final ChannelWatch channelWatch) {
        this.channelWatch = channelWatch;
        return this;
    }

    ChannelWatch channelWatch() {
        return channelWatch;
    }

    /** The monotonic clock of all timers. */
    public TcpContext nanoTime(final LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        return this;
    }

    LongSupplier nanoTime() {
        return nanoTime;
    }

    /** Looks peers up. It should not remember answers: those that move are looked up anew. */
    TcpContext hostResolver(final HostResolver hostResolver) {
        this.hostResolver = hostResolver;
        return this;
    }

    HostResolver hostResolver() {
        return hostResolver;
    }

    /** Where the transport's counters are made; null for counters that nobody else sees. */
    public TcpContext counters(final CountersManager counters) {
        this.counters = counters;
        return this;
    }

    /** Counts together with another transport, in place of {@link #counters}. */
    public TcpContext transportCounters(final TransportCounters transportCounters) {
        this.transportCounters = transportCounters;
        return this;
    }

    TransportCounters transportCounters() {
        return transportCounters;
    }

    /** A power of two: bytes of appends that wait for a peer at most, for each peer. */
    public TcpContext backlogLength(final int backlogLength) {
        this.backlogLength = backlogLength;
        return this;
    }

    int backlogLength() {
        return backlogLength;
    }

    /** Bytes of snapshots sent to a peer in a second at most. */
    public TcpContext snapshotBytesPerSecond(final long snapshotBytesPerSecond) {
        this.snapshotBytesPerSecond = snapshotBytesPerSecond;
        return this;
    }

    SnapshotPace snapshotPace() {
        return new SnapshotPace(snapshotBytesPerSecond, snapshotStallNanos, driveNanos);
    }

    /** A snapshot of which the peer takes nothing for so long is given up. */
    public TcpContext snapshotStallNanos(final long snapshotStallNanos) {
        this.snapshotStallNanos = snapshotStallNanos;
        return this;
    }

    /**
     * After so long without an answer names are looked up anew and a peer's next address is tried;
     * longer than a packet takes to any peer and back.
     */
    public TcpContext reconnectNanos(final long reconnectNanos) {
        this.reconnectNanos = reconnectNanos;
        return this;
    }

    long reconnectNanos() {
        return reconnectNanos;
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
    long driveNanos() {
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
        if (transportCounters == null) {
            transportCounters = new TransportCounters(counters);
        }
        check(
                Integer.bitCount(backlogLength) == 1
                        && backlogLength >= 2 * PieceAssembler.MAX_MESSAGE_LENGTH,
                "backlogLength must be a power of two and hold two of the longest messages",
                backlogLength);
        check(
                snapshotBytesPerSecond >= 1 << 20,
                "snapshotBytesPerSecond must be 1 MiB or more",
                snapshotBytesPerSecond);
        check(snapshotStallNanos > 0, "snapshotStallNanos must be positive", snapshotStallNanos);
        check(reconnectNanos > 0, "reconnectNanos must be positive", reconnectNanos);
        check(meetingNanos > 0, "meetingNanos must be positive", meetingNanos);
        check(silenceNanos > 0, "silenceNanos must be positive", silenceNanos);
        return this;
    }

    private static void check(final boolean isGood, final String message, final long value) {
        if (!isGood) {
            throw new IllegalArgumentException(message + ": " + value);
        }
    }
}
