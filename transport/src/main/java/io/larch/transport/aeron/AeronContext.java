package io.larch.transport.aeron;

import io.larch.transport.TransportCounters;
import io.larch.transport.address.PeerUrl;
import io.larch.transport.peer.TransportContext;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.status.CountersManager;

/**
 * What an {@link AeronPeerTransport} is told: set once, {@link #conclude concluded}, then only
 * read. Lengths are in bytes, times in nanoseconds.
 */
public final class AeronContext extends TransportContext<AeronContext> {
    private static final long RECONNECT_NANOS = TimeUnit.SECONDS.toNanos(1);
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
    private int mtuLength;
    private int controlTermLength = 256 << 10;
    private int appendTermLength = 4 << 20;
    private int snapshotTermLength = 1 << 20;
    private int windowLength = 1 << 20;
    private int socketBufferLength = 2 << 20;
    private long driveNanos = TimeUnit.MILLISECONDS.toNanos(10);
    private long stallNanos = TimeUnit.SECONDS.toNanos(30);

    public AeronContext() {
        super(RECONNECT_NANOS);
    }

    /** Where the transport's counters are made; null for counters that nobody else sees. */
    public AeronContext counters(final CountersManager counters) {
        return transportCounters(new TransportCounters(counters));
    }

    @Override
    protected AeronContext self() {
        return this;
    }

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

    /** The driver is given a turn so often though nothing arrives. */
    public AeronContext driveNanos(final long driveNanos) {
        this.driveNanos = driveNanos;
        return this;
    }

    @Override
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
        concludeShared();
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
}
