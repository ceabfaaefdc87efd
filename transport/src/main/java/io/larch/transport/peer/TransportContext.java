package io.larch.transport.peer;

import io.larch.transport.ChannelWatch;
import io.larch.transport.TransportCounters;
import io.larch.transport.address.HostResolver;
import io.larch.transport.frame.PieceAssembler;
import io.larch.transport.frame.SnapshotPace;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What a transport is told, whatever carries its frames: set once, concluded, then only read.
 * Lengths are in bytes, times in nanoseconds.
 *
 * @param <C> the context of a transport.
 */
public abstract class TransportContext<C extends TransportContext<C>> {
    private ChannelWatch channelWatch;
    private LongSupplier nanoTime = System::nanoTime;
    private HostResolver hostResolver = HostResolver.SYSTEM;
    private TransportCounters transportCounters;
    private int backlogLength = 32 << 20;
    private long snapshotBytesPerSecond = 64L << 20;
    private long snapshotStallNanos = TimeUnit.SECONDS.toNanos(5);
    private long reconnectNanos;

    protected TransportContext(final long reconnectNanos) {
        this.reconnectNanos = reconnectNanos;
    }

    /** This one, of its own type. */
    protected abstract C self();

    /** How often timers are looked at. */
    public abstract long driveNanos();

    /**
     * Tells when sockets are ready. Without one, every poll looks into the sockets, and nothing
     * ends a wait.
     */
    public final C channelWatch(final ChannelWatch channelWatch) {
        this.channelWatch = channelWatch;
        return self();
    }

    public final ChannelWatch channelWatch() {
        return channelWatch;
    }

    /** The monotonic clock of all timers. */
    public final C nanoTime(final LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        return self();
    }

    public final LongSupplier nanoTime() {
        return nanoTime;
    }

    /** Looks peers up. It should not remember answers: those that move are looked up anew. */
    public final C hostResolver(final HostResolver hostResolver) {
        this.hostResolver = hostResolver;
        return self();
    }

    public final HostResolver hostResolver() {
        return hostResolver;
    }

    /** What it counts by; unless set, nobody else sees it. */
    public final C transportCounters(final TransportCounters transportCounters) {
        this.transportCounters = transportCounters;
        return self();
    }

    public final TransportCounters transportCounters() {
        return transportCounters;
    }

    /** A power of two: bytes of appends that wait for a peer at most, for each peer. */
    public final C backlogLength(final int backlogLength) {
        this.backlogLength = backlogLength;
        return self();
    }

    public final int backlogLength() {
        return backlogLength;
    }

    /** Bytes of snapshots sent to a peer in a second at most. */
    public final C snapshotBytesPerSecond(final long snapshotBytesPerSecond) {
        this.snapshotBytesPerSecond = snapshotBytesPerSecond;
        return self();
    }

    /** A snapshot of which the peer takes nothing for so long is given up. */
    public final C snapshotStallNanos(final long snapshotStallNanos) {
        this.snapshotStallNanos = snapshotStallNanos;
        return self();
    }

    public final SnapshotPace snapshotPace() {
        return new SnapshotPace(snapshotBytesPerSecond, snapshotStallNanos, driveNanos());
    }

    /**
     * After so long without a connection names are looked up anew and a peer's next address is
     * tried; longer than a packet takes to any peer and back.
     */
    public final C reconnectNanos(final long reconnectNanos) {
        this.reconnectNanos = reconnectNanos;
        return self();
    }

    public final long reconnectNanos() {
        return reconnectNanos;
    }

    /**
     * Fills in defaults and checks.
     *
     * @throws IllegalArgumentException naming the property and the value found.
     */
    protected final void concludeShared() {
        if (transportCounters == null) {
            transportCounters = new TransportCounters(null);
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
    }

    /**
     * @throws IllegalArgumentException with the message and the value.
     */
    protected static void check(final boolean isGood, final String message, final long value) {
        if (!isGood) {
            throw new IllegalArgumentException(message + ": " + value);
        }
    }
}
