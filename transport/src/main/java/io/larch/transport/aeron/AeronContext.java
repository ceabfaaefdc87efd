package io.larch.transport.aeron;

import io.larch.transport.ChannelWatch;
import io.larch.transport.TransportCounters;
import io.larch.transport.address.HostResolver;
import io.larch.transport.address.PeerUrl;
import io.larch.transport.frame.PieceAssembler;
import io.larch.transport.frame.SnapshotPace;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.agrona.concurrent.status.CountersManager;

/**
 * What an {@link AeronPeerTransport} is told: set once, {@link #conclude concluded}, then only
 * read. Lengths are in bytes, times in nanoseconds.
 */
public final class AeronContext {
    private static final int MIN_TERM_LENGTH = 64 << 10;
    private static final int MAX_TERM_LENGTH = 1 << 30;
    private static final int LOOPBACK_MTU_LENGTH = 8192;
    private static final int NETWORK_MTU_LENGTH = 1408;
    private static final int MAX_MTU_LENGTH = 65504;

    private List<String> listenUrls;
    private List<PeerUrl> listenAddresses = List.of();
    private Path aeronDirectory;
    private Path fallbackDirectory;
    private HostAddresses.Interfaces interfaces = HostAddresses.Interfaces::ofSystem;
    private ChannelWatch channelWatch;
    private LongSupplier nanoTime = System::nanoTime;
    private HostResolver hostResolver = InetAddress::getAllByName;
    private CountersManager counters;
    private TransportCounters transportCounters;
    private int mtuLength;
    private int controlTermLength = 256 << 10;
    private int appendTermLength = 4 << 20;
    private int snapshotTermLength = 1 << 20;
    private int windowLength = 1 << 20;
    private int socketBufferLength = 2 << 20;
    private int backlogLength = 32 << 20;
    private long snapshotBytesPerSecond = 64L << 20;
    private long snapshotStallNanos = TimeUnit.SECONDS.toNanos(5);
    private long reconnectNanos = TimeUnit.SECONDS.toNanos(1);
    private long driveNanos = TimeUnit.MILLISECONDS.toNanos(10);
    private long stallNanos = TimeUnit.SECONDS.toNanos(30);

    /**
     * Where to hear peers, {@code http://host:port}; host 0.0.0.0 or [::] for all addresses. None:
     * peers are only talked to.
     */
    public AeronContext listenUrls(final List<String> listenUrls) {
        this.listenUrls = List.copyOf(listenUrls);
        return this;
    }

    public List<String> listenUrls() {
        return listenUrls;
    }

    /** The checked {@link #listenUrls}. */
    List<PeerUrl> listenAddresses() {
        return listenAddresses;
    }

    /** What the system is asked for its addresses by; for tests. */
    AeronContext interfaces(final HostAddresses.Interfaces interfaces) {
        this.interfaces = interfaces;
        return this;
    }

    HostAddresses.Interfaces interfaces() {
        return interfaces;
    }

    /**
     * Under which the driver's buffers are kept, in a directory of its own; must be on a file
     * system in memory to be fast. Default: {@code /dev/shm}.
     */
    public AeronContext aeronDirectory(final Path aeronDirectory) {
        this.aeronDirectory = aeronDirectory;
        return this;
    }

    public Path aeronDirectory() {
        return aeronDirectory;
    }

    /** Taken where {@link #aeronDirectory} is missing or too small: beside the member's data. */
    public AeronContext fallbackDirectory(final Path fallbackDirectory) {
        this.fallbackDirectory = fallbackDirectory;
        return this;
    }

    public Path fallbackDirectory() {
        return fallbackDirectory;
    }

    /**
     * Tells when sockets are readable. Without one, every poll looks into the sockets, and nothing
     * ends a wait.
     */
    public AeronContext channelWatch(final ChannelWatch channelWatch) {
        this.channelWatch = channelWatch;
        return this;
    }

    public ChannelWatch channelWatch() {
        return channelWatch;
    }

    /** The monotonic clock of all timers, the driver's included. */
    public AeronContext nanoTime(final LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        return this;
    }

    public LongSupplier nanoTime() {
        return nanoTime;
    }

    /** Where the transport's counters are made; null for counters that nobody else sees. */
    public AeronContext counters(final CountersManager counters) {
        this.counters = counters;
        return this;
    }

    /** Counts together with another transport, in place of {@link #counters}. */
    public AeronContext transportCounters(final TransportCounters transportCounters) {
        this.transportCounters = transportCounters;
        return this;
    }

    TransportCounters transportCounters() {
        return transportCounters;
    }

    /** Looks peers up. It should not remember answers: those that move are looked up anew. */
    AeronContext hostResolver(final HostResolver hostResolver) {
        this.hostResolver = hostResolver;
        return this;
    }

    HostResolver hostResolver() {
        return hostResolver;
    }

    /** Longest datagram, a multiple of 32; 0: by the peer's address, short unless on loopback. */
    public AeronContext mtuLength(final int mtuLength) {
        this.mtuLength = mtuLength;
        return this;
    }

    public int mtuLength() {
        return mtuLength;
    }

    int mtuLength(final boolean isLoopback) {
        if (mtuLength != 0) {
            return mtuLength;
        }
        return isLoopback ? LOOPBACK_MTU_LENGTH : NETWORK_MTU_LENGTH;
    }

    /** A power of two. Each stream to or from a peer takes three terms of memory. */
    public AeronContext controlTermLength(final int controlTermLength) {
        this.controlTermLength = controlTermLength;
        return this;
    }

    public int controlTermLength() {
        return controlTermLength;
    }

    /** A power of two. Messages above an eighth of it go in pieces. */
    public AeronContext appendTermLength(final int appendTermLength) {
        this.appendTermLength = appendTermLength;
        return this;
    }

    public int appendTermLength() {
        return appendTermLength;
    }

    /** A power of two; taken only while a snapshot is under way. */
    public AeronContext snapshotTermLength(final int snapshotTermLength) {
        this.snapshotTermLength = snapshotTermLength;
        return this;
    }

    public int snapshotTermLength() {
        return snapshotTermLength;
    }

    /** Bytes in flight to a peer and stream at most, and half a term at most. */
    public AeronContext windowLength(final int windowLength) {
        this.windowLength = windowLength;
        return this;
    }

    public int windowLength() {
        return windowLength;
    }

    /** Of the sockets, as far as the system allows; not less than {@link #windowLength}. */
    public AeronContext socketBufferLength(final int socketBufferLength) {
        this.socketBufferLength = socketBufferLength;
        return this;
    }

    public int socketBufferLength() {
        return socketBufferLength;
    }

    /** A power of two: bytes of appends that wait for a peer's window at most, for each peer. */
    public AeronContext backlogLength(final int backlogLength) {
        this.backlogLength = backlogLength;
        return this;
    }

    public int backlogLength() {
        return backlogLength;
    }

    /** Bytes of snapshots sent to a peer in a second at most. */
    public AeronContext snapshotBytesPerSecond(final long snapshotBytesPerSecond) {
        this.snapshotBytesPerSecond = snapshotBytesPerSecond;
        return this;
    }

    public long snapshotBytesPerSecond() {
        return snapshotBytesPerSecond;
    }

    SnapshotPace snapshotPace() {
        return new SnapshotPace(snapshotBytesPerSecond, snapshotStallNanos, driveNanos);
    }

    /** A snapshot of which the peer takes nothing for so long is given up. */
    public AeronContext snapshotStallNanos(final long snapshotStallNanos) {
        this.snapshotStallNanos = snapshotStallNanos;
        return this;
    }

    public long snapshotStallNanos() {
        return snapshotStallNanos;
    }

    /**
     * After so long without a connection names are looked up anew and a peer's next address is
     * tried, from another port.
     */
    public AeronContext reconnectNanos(final long reconnectNanos) {
        this.reconnectNanos = reconnectNanos;
        return this;
    }

    public long reconnectNanos() {
        return reconnectNanos;
    }

    /** The driver is given a turn so often though nothing arrives. */
    public AeronContext driveNanos(final long driveNanos) {
        this.driveNanos = driveNanos;
        return this;
    }

    public long driveNanos() {
        return driveNanos;
    }

    /** A driver that got no turn for so long is given up and replaced. */
    public AeronContext stallNanos(final long stallNanos) {
        this.stallNanos = stallNanos;
        return this;
    }

    public long stallNanos() {
        return stallNanos;
    }

    /**
     * Fills in defaults and checks.
     *
     * @throws IllegalArgumentException naming the flag or property and the value found.
     */
    public AeronContext conclude() {
        if (listenUrls == null) {
            throw new IllegalArgumentException("--listen-peer-urls must be set");
        }
        listenAddresses =
                listenUrls.stream()
                        .map(url -> PeerUrl.parsePlain("--listen-peer-urls", url))
                        .toList();
        if (fallbackDirectory == null) {
            throw new IllegalArgumentException("fallbackDirectory must be set");
        }
        if (aeronDirectory == null) {
            aeronDirectory = Path.of("/dev/shm");
        }
        checkTerm("controlTermLength", controlTermLength);
        checkTerm("appendTermLength", appendTermLength);
        checkTerm("snapshotTermLength", snapshotTermLength);
        check(
                mtuLength == 0
                        || mtuLength >= 256 && mtuLength <= MAX_MTU_LENGTH && mtuLength % 32 == 0,
                "mtuLength must be a multiple of 32 from 256 to " + MAX_MTU_LENGTH,
                mtuLength);
        check(windowLength >= 64 << 10, "windowLength must be 64 KiB or more", windowLength);
        check(
                socketBufferLength >= windowLength,
                "socketBufferLength must not be less than windowLength",
                socketBufferLength);
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
        check(driveNanos > 0, "driveNanos must be positive", driveNanos);
        check(stallNanos >= 10 * driveNanos, "stallNanos must be ten times driveNanos", stallNanos);
        return this;
    }

    private static void checkTerm(final String name, final int length) {
        check(
                Integer.bitCount(length) == 1
                        && length >= MIN_TERM_LENGTH
                        && length <= MAX_TERM_LENGTH,
                name + " must be a power of two from 64 KiB to 1 GiB",
                length);
    }

    private static void check(final boolean isGood, final String message, final long value) {
        if (!isGood) {
            throw new IllegalArgumentException(message + ": " + value);
        }
    }
}
